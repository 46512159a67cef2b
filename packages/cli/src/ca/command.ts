import { type Command, Option } from 'commander';
import { wholeNumber } from '../dtls/options.js';
import { type Finish, performToEnd } from '../terminal/perform.js';
import type { Surface } from '../terminal/surface.js';
import * as examples from './examples.js';
import { init, type InitOptions } from './init.js';
import {
  type DeviceOptions,
  issueDevice,
  issueIdentity,
  issueRole,
  type NewKeyOptions,
  type RoleOptions,
} from './issue.js';
import { type AttestationOptions, issueAttestation } from './issue-attestation.js';
import {
  addCaOptions,
  addIssueOptions,
  addKeyOptions,
  type CaOptions,
  gatherRole,
  nameOption,
  reasonOption,
} from './options.js';
import { revoke, type RevokeOptions } from './revoke.js';
import { show } from './show.js';
import { renew, type RenewOptions, sign, type SignOptions } from './sign.js';

const mudUrl = ['--mud-url <https://…>', 'where the description of its traffic is (RFC 8520)'] as const;
const name = ['--name <name>', "its name, most general part first: 'O=Lab,CN=Lab Root'", nameOption] as const;

/** `selvage ca`. */
export function addCaCommand(program: Command, surface: Surface, finish: Finish): void {
  const ca = program
    .command('ca')
    .summary('a certificate authority for devices: their makers and their owners')
    .description(
      'Certificates for devices. A manufacturer has a root, an authority below it, and a certificate in each device; an ' +
        'owner has a root of its own and gives each device an identity, and roles. An authority lives in a folder: its ' +
        'key, encrypted; its certificate; what it issued and revoked. All keys are of P-256, all signatures ECDSA with ' +
        'SHA-256.',
    )
    .addHelpText('after', examples.caExamples);
  addInit(ca, surface, finish);
  addIssue(ca, surface, finish);
  addSign(ca, surface, finish);
  addRenew(ca, surface, finish);
  addRevoke(ca, surface, finish);
  addShow(ca, surface, finish);
}

function addInit(ca: Command, surface: Surface, finish: Finish): void {
  addKeyOptions(ca.command('init'))
    .summary('make an authority')
    .description('Makes an authority in a folder of its own: a root, or with --issuer one below another.')
    .requiredOption(...name)
    .option(
      '--days <days>',
      'how long it holds, up to 36525 (default: 20 years; 10 below another authority)',
      wholeNumber(1, 36_525),
    )
    .option('--issuer <folder>', 'the folder of the authority above it')
    .option('--issuer-passphrase-file <file>', "that one's passphrase (or in SELVAGE_ISSUER_PASSPHRASE)")
    .addHelpText('after', `${examples.initExamples}${examples.caExitCodes}`)
    .action((options: InitOptions) => performToEnd(surface, options, finish, () => init(surface, options)));
}

function addIssue(ca: Command, surface: Surface, finish: Finish): void {
  const issue = ca
    .command('issue')
    .summary('issue a certificate and make its key')
    .description('Issues a certificate: to a device for a new key, or a role for the key of an identity.')
    .addHelpText('after', `${examples.issueExamples}${examples.caExitCodes}`);
  addNewKey(issue.command('device').summary('as its manufacturer makes it'))
    .description('Makes a key and its certificate for a device, as its manufacturer does.')
    .requiredOption(...name)
    .option(...mudUrl)
    .addHelpText('after', `${examples.issueDeviceExamples}${examples.caExitCodes}`)
    .action((options: DeviceOptions) => performToEnd(surface, options, finish, () => issueDevice(surface, options)));
  addNewKey(issue.command('identity').summary('as its owner knows it'))
    .description('Makes a key and an identity certificate for a device, as its owner does.')
    .argument('<uuid>', 'of the device')
    .addHelpText('after', `${examples.issueIdentityExamples}${examples.caExitCodes}`)
    .action((device: string, options: NewKeyOptions) =>
      performToEnd(surface, options, finish, () => issueIdentity(surface, device, options)),
    );
  addIssueOptions(issue.command('role').summary('what it may do'))
    .description('Certifies that a device has a role, for the key of its identity certificate.')
    .argument('<identity>', 'the file with its identity certificate')
    .requiredOption('--role <name[:authority]>', 'a role, and who grants it (may be repeated)', gatherRole)
    .addHelpText('after', `${examples.issueRoleExamples}${examples.caExitCodes}`)
    .action((file: string, options: RoleOptions) =>
      performToEnd(surface, options, finish, () => issueRole(surface, file, options)),
    );
  addIssueOptions(issue.command('attestation').summary('for the key that it attests with'))
    .description('Certifies the key that a device attests with, which never leaves its vault.')
    .argument('<key>', 'the public key out of its vault (PEM)')
    .option(...maker)
    .addHelpText('after', `${examples.issueAttestationExamples}${examples.caExitCodes}`)
    .action((key: string, options: AttestationOptions) =>
      performToEnd(surface, options, finish, () => issueAttestation(surface, key, options)),
    );
}

/** In the place of `name`: the instance is named in any case. */
const maker = ['--name <name>', "who made it, before the instance: 'O=Lab'", nameOption] as const;

function addNewKey(command: Command): Command {
  return addIssueOptions(command)
    .requiredOption('--key <file>', 'where its new private key goes, readable by you alone')
    .option('--key-passphrase-file <file>', 'encrypt it with the first line of a file (or SELVAGE_KEY_PASSPHRASE)');
}

function addSign(ca: Command, surface: Surface, finish: Finish): void {
  addIssueOptions(ca.command('sign'))
    .summary('issue a certificate for a request')
    .description(
      'Takes a certificate request (PKCS #10, PEM), checks that its sender has the key, and gives out the chain.',
    )
    .argument('<request>', 'the file, or - for standard input')
    .addOption(
      new Option('--as <profile>', 'what to certify').choices(['device', 'identity', 'role']).makeOptionMandatory(),
    )
    .option(...name)
    .option(...mudUrl)
    .option('--role <name[:authority]>', 'a role, and who grants it (may be repeated)', gatherRole)
    .addHelpText('after', `${examples.signExamples}${examples.caExitCodes}`)
    .action((file: string, options: SignOptions) =>
      performToEnd(surface, options, finish, () => sign(surface, file, options)),
    );
}

function addRenew(ca: Command, surface: Surface, finish: Finish): void {
  addIssueOptions(ca.command('renew'))
    .summary('issue a certificate anew, for another while')
    .description(
      'Issues the same certificate with a new serial number and time: for the same key, or that of a request.',
    )
    .argument('<certificate>', 'its serial number, or the file')
    .option('--request <file>', 'a request that proves the new key')
    .addHelpText('after', `${examples.renewExamples}${examples.caExitCodes}`)
    .action((named: string, options: RenewOptions) =>
      performToEnd(surface, options, finish, () => renew(surface, named, options)),
    );
}

function addRevoke(ca: Command, surface: Surface, finish: Finish): void {
  addKeyOptions(ca.command('revoke'))
    .summary('revoke a certificate, and make a new list')
    .description('Revokes a certificate for good and makes a new revocation list; without one, only the list.')
    .argument('[certificate]', 'its serial number, or the file')
    .addOption(reasonOption())
    .option('--list-days <days>', 'for how long the list is the newest', wholeNumber(1, 366), 30)
    .addHelpText('after', `${examples.revokeExamples}${examples.caExitCodes}`)
    .action((named: string | undefined, options: RevokeOptions) =>
      performToEnd(surface, options, finish, () => revoke(surface, named, options)),
    );
}

function addShow(ca: Command, surface: Surface, finish: Finish): void {
  addCaOptions(ca.command('show'))
    .summary('show the authority and what it issued, or what is in a file')
    .description(
      'Shows the authority and all that it issued; one certificate; or a certificate, request or list in PEM.',
    )
    .argument('[what]', 'a serial number, or a file')
    .addHelpText('after', `${examples.showExamples}${examples.caExitCodes}`)
    .action((named: string | undefined, options: CaOptions) =>
      performToEnd(surface, options, finish, () => show(surface, named, options)),
    );
}
