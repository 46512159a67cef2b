import { type Command, Option } from 'commander';
import { transferMethods } from '@selvage/ocf';
import { wholeNumber } from '../dtls/options.js';
import type { Surface } from '../terminal/surface.js';
import { addDeviceCommand } from './device/command.js';
import { addSiteOptions } from './options.js';
import { type Finish, perform } from './perform.js';
import { discover, type DiscoverOptions } from './verbs/discover.js';
import { own, type OwnOptions } from './verbs/own.js';

/** The verbs for OCF: those of an owner first, then devices of this host. */
export function addOcfCommands(program: Command, surface: Surface, finish: Finish): void {
  program.commandsGroup('An owner and its devices:');
  addDiscover(program, surface, finish);
  addOwn(program, surface, finish);
  addDeviceCommand(program, surface, finish);
}

function addDiscover(program: Command, surface: Surface, finish: Finish): void {
  const command = program.command('discover').summary('look for devices').description('Looks for devices.');
  addSiteOptions(command, surface)
    .option('--unowned', 'those without an owner alone')
    .option('--owned', 'those with an owner alone')
    .option('--resources', 'what each has')
    .option('--wait <seconds>', 'how long to listen', wholeNumber(1, 60), 2)
    .action((options: DiscoverOptions) =>
      perform(surface, options, finish, (report) => discover(surface, report, options)),
    );
}

function addOwn(program: Command, surface: Surface, finish: Finish): void {
  const command = program
    .command('own')
    .summary('become the owner of devices')
    .description('Becomes the owner of devices that have none.')
    .argument('[device...]', 'by name, UUID, or a beginning of either');
  addSiteOptions(command, surface)
    .option('--all', 'every device that has no owner')
    .addOption(
      new Option('--method <method>', 'how to know the device; by default the best that it offers')
        .choices(['auto', ...Object.keys(transferMethods)])
        .default('auto'),
    )
    .option('--pin <digits>', 'the PIN that the device shows')
    .option('--trust <root.pem>', 'a manufacturer to trust, from now on (may be repeated)', gather)
    .option('--name <name>', 'what to call it')
    .option('--no-certificate', 'give it no identity certificate')
    .option('--wait <seconds>', 'how long to look for devices', wholeNumber(1, 60), 2)
    .action((called: readonly string[], options: OwnOptions) =>
      perform(surface, options, finish, (report) => own(surface, report, called, options)),
    );
}

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
