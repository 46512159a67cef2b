/** The program of a board: it is started with its setting in JSON, takes commands on standard input, and tells on standard output. */
import { readFileSync } from 'node:fs';
import { SelvageError } from '@selvage/core';
import { chooseInterface, keepMemoryOutOfCoreDumps } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import { parseVersion } from '@selvage/hardware';
import { plainError } from '../../firmware/news.js';
import { eachLine } from '../board/lines.js';
import { type BoardCommand, type BoardNews, type JsonError, readBoardCommand } from '../board/news.js';
import type { SecureWorldSetting } from '../board/setting.js';
import { SecureWorld } from './secure-world.js';

/** The secure world's own version. */
const version = parseVersion('1.0.0');

keepMemoryOutOfCoreDumps();
// Ctrl-C reaches all processes of a terminal; this one ends when its power does.
// And nobody who may send it a signal has it open a debugger, which is what Node does at SIGUSR1.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const) process.on(signal, () => undefined);
// Where nobody listens any more, standard input ends as well; and then the power goes as it should.
process.stdout.on('error', () => undefined);

const {
  folder,
  interface: wanted,
  air,
  held,
  handed,
  confinement,
} = JSON.parse(process.argv[2] ?? '') as SecureWorldSetting;
const digest = nativeCore.hash('sha256', readFileSync(process.argv[1] ?? ''));
const world = new SecureWorld({
  folder,
  chosen: chooseInterface(wanted),
  air,
  measured: { version, digest },
  tell,
  fail,
  confinement,
});

const on = world.powerOn({ held, handed });
eachLine(
  process.stdin,
  (line) => void carryOut(readBoardCommand(line)).catch(fail),
  () => void world.powerOff().then(() => process.exit(), fail),
);
on.catch(fail);

async function carryOut(command: BoardCommand): Promise<void> {
  switch (command.do) {
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
  tell({ event: 'failed', error: plainError(error) as unknown as JsonError });
  if (!(error instanceof SelvageError)) process.stderr.write(`${String(error)}\n`);
  process.exit(1);
}
