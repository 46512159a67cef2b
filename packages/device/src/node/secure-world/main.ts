/** The program of a board: it is started with its setting in JSON, takes commands on standard input, and tells on standard output. */
import { readFileSync } from 'node:fs';
import { SelvageError, toHex } from '@selvage/core';
import { keepMemoryOutOfCoreDumps } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import { parseVersion } from '@selvage/hardware';
import type { HandedProcess } from '@selvage/hardware/node';
import { eachLine } from '../board/lines.js';
import { type BoardCommand, type BoardNews, jsonError, readBoardCommand } from '../board/news.js';
import type { SecureWorldSetting } from '../board/setting.js';
import { SecureWorld } from './secure-world.js';

/** The secure world's own version. */
const version = parseVersion('1.0.0');

/**
 * Runs the secure world of the board in the setting, for as long as it has power. Until then nothing here has looked at
 * the process: it may be loaded in another one, whose memory this one starts with.
 * @param madeOf the digest of the program's file when it was loaded there, in hex
 */
export function run(madeOf?: string): void {
  keepMemoryOutOfCoreDumps();
  // Ctrl-C reaches all processes of a terminal; this one ends when its power does.
  // And nobody who may send it a signal has it open a debugger, which is what Node does at SIGUSR1.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const) process.on(signal, () => undefined);
  // Where nobody listens any more, standard input ends as well; and then the power goes as it should.
  process.stdout.on('error', () => undefined);

  const [, program = '', setting = ''] = process.argv;
  const { interface: wanted, held, handed: isHanded, ...given } = JSON.parse(setting) as SecureWorldSetting;
  const measure = () => ({ version, digest: digestOf(program, madeOf) });
  const world = new SecureWorld({ ...given, interface: wanted, measure, tell, fail });
  const handed = new Handed();
  world.powerOn({ held, handed: isHanded ? handed.world : undefined }).catch(fail);
  // What has been said waits: the disk is to be asked first.
  setImmediate(() => {
    eachLine(
      process.stdin,
      (line) => void carryOut(world, handed, readBoardCommand(line)).catch(fail),
      () => {
        handed.resolve(undefined);
        world.powerOff().then(() => process.exit(), fail);
      },
    );
  });
}

/**
 * Gives the board in the setting power and takes it again: what a start needs is compiled then. Loaded once more, the
 * program has nothing of that board.
 */
export async function rehearse(setting: Pick<SecureWorldSetting, 'folder' | 'interface'>): Promise<void> {
  const measure = () => ({ version, digest: nativeCore.hash('sha256', new Uint8Array(0)) });
  const world = new SecureWorld({ ...setting, measure, tell: () => undefined, fail: throwAgain });
  await world.powerOn();
  await world.powerOff();
}

function throwAgain(error: unknown): never {
  throw error;
}

/** What runs here is what is measured. */
function digestOf(program: string, madeOf: string | undefined): Uint8Array {
  const digest = nativeCore.hash('sha256', readFileSync(program));
  if (madeOf === undefined || madeOf === toHex(digest)) return digest;
  throw new SelvageError('wrong-state', `the secure world was not made of ${program}`, { remedy: 'npm run build' });
}

/** What is known of the normal world that this one is handed, when it is known. */
class Handed {
  resolve: (process: HandedProcess | undefined) => void = () => undefined;
  readonly world = new Promise<HandedProcess | undefined>((resolve) => (this.resolve = resolve));
}

async function carryOut(world: SecureWorld, handed: Handed, command: BoardCommand): Promise<void> {
  switch (command.do) {
    case 'hand':
      return handed.resolve(command.world);
    case 'press':
      return world.press();
    case 'power':
      return world.cycle();
    case 'input':
      return world.input(command.peripheral, command.value);
  }
}

function tell(news: BoardNews): void {
  process.stdout.write(`${JSON.stringify(news)}\n`);
}

/** What keeps a board from going on ends it: whoever switched it on hears why. */
function fail(error: unknown): void {
  tell({ event: 'failed', error: jsonError(error) });
  if (!(error instanceof SelvageError)) process.stderr.write(`${String(error)}\n`);
  process.exit(1);
}
