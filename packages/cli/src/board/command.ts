import { Argument, type Command } from 'commander';
import { firmwarePayloadPath } from '@selvage/device/node';
import { type DeviceKind, deviceKinds } from '@selvage/ocf';
import { addJsonOption, addNetworkOptions } from '../ocf/options.js';
import { type Finish, perform, performToEnd } from '../terminal/perform.js';
import type { Surface } from '../terminal/surface.js';
import {
  boardExamples,
  boardExitCodes,
  installExamples,
  makeExamples,
  payloadExamples,
  pressExamples,
  runExamples,
  showExamples,
} from './examples.js';
import { install } from './install.js';
import { make, type MakeOptions } from './make.js';
import { press } from './press.js';
import { runBoard, type RunBoardOptions } from './run.js';
import { showBoard } from './show.js';

interface JsonOption {
  readonly json: boolean;
}

/** `selvage board`. */
export function addBoardCommand(program: Command, surface: Surface, finish: Finish): void {
  const board = program
    .command('board')
    .summary('boot a device on a board of its own')
    .description(
      'A device on a board: a folder that is its chip and its flash, a process that is its secure world, and one for ' +
        'the firmware that this has verified. Unlike those of selvage device run, it boots.',
    )
    .addHelpText('after', boardExamples);
  addMake(board, surface, finish);
  addRun(board, surface, finish);
  addShow(board, surface, finish);
  addInstall(board, surface, finish);
  addPress(board, surface, finish);
  addPayload(board, surface, finish);
}

function addMake(board: Command, surface: Surface, finish: Finish): void {
  addJsonOption(board.command('make'))
    .summary('make a board')
    .description(
      'Makes a board as a factory does: keys that it makes itself and never shows, its first firmware, root keys burnt ' +
        "into the chip. Without an image it gets this host's firmware, signed by the manufacturer of its virtual devices.",
    )
    .argument('<folder>', 'where')
    .addArgument(new Argument('<kind>', 'what it is').choices(Object.keys(deviceKinds)))
    .option('--name <name>', 'what it is called; what it is, by default')
    .option('--image <file>', 'its first firmware, signed')
    .option('--root <key>', 'who may sign its firmware: a public key (may be repeated)', gather)
    .option('--pin', 'has a display: offers Random PIN')
    .option('--manufacturer', "has a certificate of this host's manufacturer")
    .option('--no-just-works', 'does not offer Just Works, which anybody can use')
    .addHelpText('after', `${makeExamples}${boardExitCodes}`)
    .action((folder: string, kind: DeviceKind, options: MakeOptions) =>
      perform(surface, options, finish, (report) => make(surface, report, { folder, kind }, options)),
    );
}

function addRun(board: Command, surface: Surface, finish: Finish): void {
  const run = board
    .command('run')
    .summary('switch a board on')
    .description(
      'Switches a board on, until Ctrl-C: shows what its boot ROM says, its display, and what happens to the device. ' +
        'Enter, or SIGUSR2, is its reset button.',
    )
    .argument('<folder>', 'the board')
    .option('--held', 'the reset button is held while the power comes')
    .addHelpText('after', `${runExamples}${boardExitCodes}`)
    .action((folder: string, options: RunBoardOptions) =>
      performToEnd(surface, options, finish, (report) => runBoard(surface, report, folder, options)),
    );
  addNetworkOptions(run, surface);
}

function addShow(board: Command, surface: Surface, finish: Finish): void {
  addJsonOption(board.command('show'))
    .summary('show fuses, slots and counters')
    .description('Shows the fuses of a board, its counters, and what is in its two slots. Its power must be off.')
    .argument('<folder>', 'the board')
    .addHelpText('after', `${showExamples}${boardExitCodes}`)
    .action((folder: string, options: JsonOption) =>
      perform(surface, options, finish, (report) => showBoard(report, folder)),
    );
}

function addInstall(board: Command, surface: Surface, finish: Finish): void {
  addJsonOption(board.command('install'))
    .summary('give it newer firmware')
    .description(
      'Puts an image into the slot that the board does not start from. The next start tries it: firmware that does not ' +
        'come up is dropped, and the one before is back. The power must be off.',
    )
    .argument('<folder>', 'the board')
    .argument('<image>', 'signed by one of its root keys, and newer than what it has')
    .addHelpText('after', `${installExamples}${boardExitCodes}`)
    .action((folder: string, image: string, options: JsonOption) =>
      perform(surface, options, finish, (report) => install(report, folder, image)),
    );
}

function addPress(board: Command, surface: Surface, finish: Finish): void {
  addJsonOption(board.command('press'))
    .summary('hold its reset button')
    .description('Holds the reset button of a board whose power is off: when it comes, what its owner left is wiped.')
    .argument('<folder>', 'the board')
    .addHelpText('after', `${pressExamples}${boardExitCodes}`)
    .action((folder: string, options: JsonOption) =>
      perform(surface, options, finish, (report) => press(report, folder)),
    );
}

function addPayload(board: Command, surface: Surface, finish: Finish): void {
  addJsonOption(board.command('payload'))
    .summary('say where the firmware is that images are made of')
    .description(
      "Says where the payload is that this host's firmware images are made of: sign it, and install the image.",
    )
    .addHelpText('after', `${payloadExamples}${boardExitCodes}`)
    .action((options: JsonOption) =>
      perform(surface, options, finish, async (report) => {
        report.show({ event: 'payload', data: { path: firmwarePayloadPath }, lines: [firmwarePayloadPath] });
      }),
    );
}

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
