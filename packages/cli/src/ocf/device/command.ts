import { Argument, type Command, Option } from 'commander';
import { type DeviceKind, deviceKinds } from '@selvage/ocf';
import { wholeNumber } from '../../dtls/options.js';
import type { Surface } from '../../terminal/surface.js';
import { addMeshOptions, addNetworkOptions } from '../options.js';
import { type Finish, performToEnd } from '../../terminal/perform.js';
import { deviceExamples } from './examples.js';
import { runDevices, type RunOptions } from './run.js';

const examples = `
Examples:
  A light that anybody on this host can own; and, in another terminal, how:
    $ selvage device run light
    $ selvage own --all
`;

/** `selvage device`. */
export function addDeviceCommand(program: Command, surface: Surface, finish: Finish): void {
  const device = program
    .command('device')
    .summary('run OCF devices on this host')
    .description('OCF devices on this host: real ones on the wire, without a thing around them.')
    .addHelpText('after', examples);
  const run = device
    .command('run')
    .summary('run one, or many')
    .description(
      'Runs devices that can be found, owned, provisioned and used, until Ctrl-C. What they keep stays: run again, they ' +
        'are what they were. Shown are their PINs, each change, and each request that they refuse.',
    )
    .addArgument(new Argument('<kind>', 'what they are').choices(Object.keys(deviceKinds)));
  addRunOptions(run)
    .addHelpText('after', deviceExamples)
    .action((kind: DeviceKind, options: RunOptions) =>
      performToEnd(surface, options, finish, (report) => runDevices(surface, report, kind, options)),
    );
  const site = new Option('--site <folder>', 'be on the Thread network of this site (or SELVAGE_SITE)');
  const given = surface.env['SELVAGE_SITE'];
  addMeshOptions(addNetworkOptions(run.addOption(given === undefined ? site : site.default(given)), surface));
}

function addRunOptions(run: Command): Command {
  return run
    .option('--count <n>', 'how many, all in this process', wholeNumber(1, 500), 1)
    .option('--name <name>', 'what it is called; of several, they get a number behind it')
    .option('--pin', 'offer Random PIN: the PIN is shown when it is asked for')
    .option('--manufacturer <folder>', 'offer its certificate: chain.pem and key.pem of a folder, or "demo"')
    .option('--no-just-works', 'do not offer Just Works, which anybody can use')
    .option('--state <folder>', 'where they keep what they must not forget (default: .selvage/devices/<name>)')
    .option('--button', 'Enter, or SIGUSR2, resets: what a button on the device would do');
}
