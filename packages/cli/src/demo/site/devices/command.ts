import type { Command } from 'commander';
import { performLong } from '../../../ocf/perform.js';
import type { Surface } from '../../../terminal/surface.js';
import { runSiteDevices, type SiteDevicesOptions } from './run.js';

/** `selvage demo devices`, which the show starts: nobody needs it by hand. */
export function addSiteDevicesCommand(parent: Command, surface: Surface, finish: (exitCode: number) => void): void {
  parent
    .command('devices', { hidden: true })
    .description('The devices of the show, for the show: orders come on standard input, as JSON.')
    .requiredOption('--state <folder>', 'what the devices keep')
    .option('--interface <name or address>', 'the network interface')
    .action((options: SiteDevicesOptions) =>
      performLong(surface, { json: true }, finish, (report) => runSiteDevices(surface, report, options)),
    );
}
