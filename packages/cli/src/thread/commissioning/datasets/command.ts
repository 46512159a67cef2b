import type { Command } from 'commander';
import { wholeNumber } from '../../../dtls/options.js';
import { type Finish, performToEnd } from '../../../terminal/perform.js';
import type { Surface } from '../../../terminal/surface.js';
import { channelList, panNumber } from '../../dataset/options.js';
import * as examples from '../examples.js';
import { addWayIn, type WayInOptions } from '../way-in/options.js';
import {
  applyVerb,
  type GetOptions,
  getVerb,
  type MigrateOptions,
  migrateVerb,
  type RotateOptions,
  rotateNetworkKeyVerb,
} from './verbs.js';

const longestDelay = 259_200;
const { commissioningExitCodes } = examples;

/** `selvage thread dataset get`, `apply`, `rotate-key` and `migrate`: the datasets of a network that is there. */
export function addNetworkDatasetCommands(dataset: Command, surface: Surface, finish: Finish): void {
  addWayIn(dataset.command('get'), surface)
    .summary('ask a network for its dataset')
    .description('Asks a network for the dataset that is in force, or the one that will be.')
    .option('--pending', 'the one that will be')
    .addHelpText('after', `${examples.getExamples}${commissioningExitCodes}`)
    .action((options: GetOptions) => performToEnd(surface, options, finish, () => getVerb(surface, options)));

  addWayIn(dataset.command('apply'), surface)
    .argument('<dataset>', 'hexadecimal, a file that holds it, or - for standard input')
    .summary('give a network a dataset')
    .description('Gives a network a dataset, as its commissioner: at once, or a pending one when its delay is over.')
    .addHelpText('after', `${examples.applyExamples}${commissioningExitCodes}`)
    .action((argument: string, options: WayInOptions) =>
      performToEnd(surface, options, finish, () => applyVerb(surface, argument, options)),
    );

  delayed(addWayIn(dataset.command('rotate-key'), surface), 300)
    .summary('give a network another network key')
    .description('Draws a network key and gives it to a network: who hears of it in time stays in it.')
    .addHelpText('after', `${examples.rotateExamples}${commissioningExitCodes}`)
    .action((options: RotateOptions) =>
      performToEnd(surface, options, finish, () => rotateNetworkKeyVerb(surface, options)),
    );

  delayed(addWayIn(dataset.command('migrate'), surface), 60)
    .summary('move a network to another channel, PAN id, prefix or name')
    .description('Moves a network that is there, with all that are in it.')
    .option('--channel <number>', 'where it will be, 11 to 26', wholeNumber(11, 26))
    .option('--channels <list>', 'where it may be, such as 11-26 or 15,20,25', channelList)
    .option('--pan <hex>', 'its PAN id, 4 hexadecimal digits', panNumber)
    .option('--prefix <prefix>', 'its mesh-local prefix')
    .option('--rename <text>', "the network's name; who has a passphrase needs a PSKc made of the new one")
    .addHelpText('after', `${examples.migrateExamples}${commissioningExitCodes}`)
    .action((options: MigrateOptions) =>
      performToEnd(surface, options, finish, async () => migrateVerb(surface, options)),
    );
}

function delayed(command: Command, usual: number): Command {
  return command.option('--delay <seconds>', 'until then', wholeNumber(1, longestDelay), usual);
}
