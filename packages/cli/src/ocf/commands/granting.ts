import type { Command } from 'commander';
import { wholeNumber } from '../../dtls/options.js';
import type { Surface } from '../../terminal/surface.js';
import { addSiteOptions, type SiteOptions } from '../options.js';
import { type Finish, perform } from '../../terminal/perform.js';
import { access } from '../verbs/access.js';
import { certify, type CertifyOptions, role, type RoleOptions } from '../verbs/certify.js';
import { credentials, type CredentialsOptions } from '../verbs/credentials.js';
import { grant } from '../verbs/grant.js';
import { pair, type PairOptions } from '../verbs/pair.js';
import { revoke, type RevokeOptions } from '../verbs/revoke.js';
import { credentialExamples, grantExamples, siteExitCodes } from './examples.js';

const help = `${grantExamples}${siteExitCodes}`;
const device = ['<device>', 'by name, UUID, or a beginning of either'] as const;
const days = ['--days <days>', 'how long the certificate holds (default: a year)', wholeNumber(1, 36_525)] as const;
const number = wholeNumber(0, 0x7fff_ffff);

/** Who may do what, and what devices know each other by. */
export function addGrantingCommands(program: Command, surface: Surface, finish: Finish): void {
  addAccess(program, surface, finish);
  addCredentials(program, surface, finish);
}

function addAccess(program: Command, surface: Surface, finish: Finish): void {
  addSiteOptions(program.command('grant'), surface)
    .summary('say who may do what with a device')
    .description('Adds an entry to the access control list of a device.')
    .argument('<who>', 'a device of the site, role:<name>[@authority], anyone-authenticated, anyone, or owner')
    .argument('<rights>', 'read,write,create,delete,notify; or letters as in rw; or all')
    .argument(...device)
    .argument('[path...]', 'of which resources; all of the application where none is given')
    .addHelpText('after', help)
    .action((who: string, rights: string, called: string, paths: readonly string[], options: SiteOptions) =>
      perform(surface, options, finish, (report) => grant(surface, report, { who, rights, called, paths }, options)),
    );
  addSiteOptions(program.command('revoke'), surface)
    .summary('take that back')
    .description('Removes an entry, or all that are for somebody, from the access control list of a device.')
    .argument(...device)
    .argument('[entry]', 'its id, as selvage access shows it', number)
    .option('--who <who>', 'all that are for this one, as selvage grant names it')
    .addHelpText('after', help)
    .action((called: string, aceid: number | undefined, options: RevokeOptions) =>
      perform(surface, options, finish, (report) => revoke(surface, report, { called, aceid }, options)),
    );
  addSiteOptions(program.command('access'), surface)
    .summary('see who may do what with a device')
    .description('Reads the access control list of a device.')
    .argument(...device)
    .addHelpText('after', help)
    .action((called: string, options: SiteOptions) =>
      perform(surface, options, finish, (report) => access(surface, report, called, options)),
    );
}

function addCredentials(program: Command, surface: Surface, finish: Finish): void {
  addSiteOptions(program.command('pair'), surface)
    .summary('give two devices a key of their own')
    .description('Gives two devices a key that nobody else has, this site included. One pair has one key.')
    .argument('<a>', 'by name, UUID, or a beginning of either')
    .argument('<b>', 'the other')
    .option('--remove', 'remove the key that they share')
    .addHelpText('after', help)
    .action((a: string, b: string, options: PairOptions) =>
      perform(surface, options, finish, (report) => pair(surface, report, [a, b], options)),
    );
  addSiteOptions(program.command('certify'), surface)
    .summary('give a device a new identity certificate')
    .description('Gives a device a new identity certificate, in place of the one that it has.')
    .argument(...device)
    .option(...days)
    .addHelpText('after', help)
    .action((called: string, options: CertifyOptions) =>
      perform(surface, options, finish, (report) => certify(surface, report, called, options)),
    );
  addSiteOptions(program.command('role'), surface)
    .summary('give a device a role')
    .description('Gives a device a role certificate, which it shows to other devices.')
    .argument(...device)
    .argument('<role>', 'its name, such as lab.reader')
    .option('--authority <name>', 'who grants it (default: the authority of the site)')
    .option(...days)
    .addHelpText('after', help)
    .action((called: string, name: string, options: RoleOptions) =>
      perform(surface, options, finish, (report) => role(surface, report, { called, role: name }, options)),
    );
  addSiteOptions(program.command('credentials'), surface)
    .summary('see what a device knows others by')
    .description('Reads the credentials of a device, without what is secret in them; or deletes one.')
    .argument(...device)
    .option('--delete <id>', 'delete this one', number)
    .addHelpText('after', `${credentialExamples}${siteExitCodes}`)
    .action((called: string, options: CredentialsOptions) =>
      perform(surface, options, finish, (report) => credentials(surface, report, called, options)),
    );
}
