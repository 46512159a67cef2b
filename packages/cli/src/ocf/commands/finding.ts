import { type Command, Option } from 'commander';
import { transferMethods } from '@selvage/ocf';
import { wholeNumber } from '../../dtls/options.js';
import type { Surface } from '../../terminal/surface.js';
import { attestDemands } from '../attestation.js';
import { addJsonOption, addMeshOptions, addSiteOption, addSiteOptions } from '../options.js';
import { type Finish, perform } from '../../terminal/perform.js';
import { devices } from '../verbs/devices.js';
import { discover, type DiscoverOptions } from '../verbs/discover.js';
import { own, type OwnOptions } from '../verbs/own.js';
import { reset, type ResetOptions } from '../verbs/reset.js';
import { site, type SiteVerbOptions } from '../verbs/site.js';
import type { SiteOptions } from '../options.js';
import {
  devicesExamples,
  discoverExamples,
  ownExamples,
  resetExamples,
  siteExamples,
  siteExitCodes,
} from './examples.js';

const waiting = ['--wait <seconds>', 'how long to listen for devices', wholeNumber(1, 60), 2] as const;

/** From devices without an owner to devices of the site, and back. */
export function addFindingCommands(program: Command, surface: Surface, finish: Finish): void {
  addDiscover(program, surface, finish);
  addOwn(program, surface, finish);
  addDevices(program, surface, finish);
  addReset(program, surface, finish);
  addSite(program, surface, finish);
}

function addDiscover(program: Command, surface: Surface, finish: Finish): void {
  const command = program
    .command('discover')
    .summary('look for devices, and see whose they are')
    .description(
      'Asks all devices on the network who they are, and lists those that answer and those of the site that do not.',
    );
  addSiteOptions(
    command
      .option('--unowned', 'only those without an owner')
      .option('--owned', 'only those with an owner')
      .option('--resources', 'show what each of them has')
      .option(...waiting),
    surface,
  )
    .addHelpText('after', `${discoverExamples}${siteExitCodes}`)
    .action((options: DiscoverOptions) =>
      perform(surface, options, finish, (report) => discover(surface, report, options)),
    );
}

function addOwn(program: Command, surface: Surface, finish: Finish): void {
  const command = program
    .command('own')
    .summary('become the owner of devices')
    .description(
      'Takes devices over that have no owner: from then on they obey this site alone, until a reset. Each gets an ' +
        "identity certificate of the site's authority. What an earlier command left unfinished is finished or undone first.",
    )
    .argument('[device...]', 'which, by name, UUID, or a beginning of either that only one has');
  const method = new Option('--method <method>', 'how to be sure of the device; auto takes the best that it offers')
    .choices(['auto', ...Object.keys(transferMethods)])
    .default('auto');
  const attestOption = new Option(
    '--attest <when>',
    'see what the firmware of a device is before it is owned (required where --reference is given)',
  ).choices(attestDemands);
  addSiteOptions(
    command
      .option('--all', 'every device that has no owner')
      .addOption(method)
      .option('--pin <digits>', 'the PIN that the device shows')
      .option('--trust <root.pem>', 'a manufacturer whose devices to trust, from now on (may be repeated)', gather)
      .addOption(attestOption)
      .option('--reference <file>', 'what devices should have been booted from (see selvage attest verify --help)')
      .option('--name <name>', 'what to call it from now on')
      .option('--no-certificate', 'give it no identity certificate')
      .option(...waiting),
    surface,
  )
    .addHelpText('after', `${ownExamples}${siteExitCodes}`)
    .action((called: readonly string[], options: OwnOptions) =>
      perform(surface, options, finish, (report) => own(surface, report, called, options)),
    );
}

function addDevices(program: Command, surface: Surface, finish: Finish): void {
  const command = program
    .command('devices')
    .summary('list the devices of this site')
    .description('Lists what the site owns, as the site knows it: no device is asked.');
  addSiteOptions(command, surface)
    .addHelpText('after', `${devicesExamples}${siteExitCodes}`)
    .action((options: SiteOptions) => perform(surface, options, finish, (report) => devices(surface, report, options)));
}

function addReset(program: Command, surface: Surface, finish: Finish): void {
  const command = program
    .command('reset')
    .summary('let a device go: it forgets its owner')
    .description('Resets a device: it forgets its owner, its keys and who may do what, and can be owned anew.')
    .argument('<device>', 'by name, UUID, or a beginning of either');
  addSiteOptions(
    command
      .option('--soft', 'only through the state SRESET: it keeps all that it has')
      .option('--forget', 'only forget it here, without asking it')
      .option('--yes', 'do not ask'),
    surface,
  )
    .addHelpText('after', `${resetExamples}${siteExitCodes}`)
    .action((called: string, options: ResetOptions) =>
      perform(surface, options, finish, (report) => reset(surface, report, called, options)),
    );
}

function addSite(program: Command, surface: Surface, finish: Finish): void {
  const command = program
    .command('site')
    .summary('show or set up the site itself')
    .description(
      'Shows who owns the devices of this site: its UUIDs, its authority, the manufacturers that it trusts.',
    );
  addJsonOption(
    addMeshOptions(
      addSiteOption(
        command
          .option('--name <name>', 'what devices tell of it; those that are owned keep what they were told')
          .option('--trust <root.pem>', 'a manufacturer whose devices to trust, from now on (may be repeated)', gather)
          .option('--no-network', 'its devices are on no Thread network any more'),
        surface,
      ),
    ),
  )
    .addHelpText('after', `${siteExamples}${siteExitCodes}`)
    .action((options: SiteVerbOptions) =>
      perform(surface, options, finish, (report) => site(surface, report, options)),
    );
}

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
