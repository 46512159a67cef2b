/** Boards by hand: made, switched on, shown, updated and reset, as the help teaches it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { installExamples, makeExamples, pressExamples, showExamples } from '../../src/board/examples.js';
import { ownNetwork } from '../support/own-network.js';
import { builtMain, Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface } from '../support/test-surface.js';

const file = scratchFolder();
const env = { SELVAGE_INTERFACE: ownNetwork };
const folder = file('workshop');

/** The commands of examples that come to an end by themselves. */
function commands(examples: string): string[] {
  const lines = examples.replace(/\\\n\s*/g, '').split('\n');
  const all = lines.flatMap((line) => /^ {4}\$ (.*)$/.exec(line)?.[1] ?? []);
  return all.filter((line) => !/board run|selvage own/.test(line));
}

function inWorkshop(script: readonly string[]): string {
  const functions = ['set -euo pipefail', `selvage() { "${process.execPath}" "${builtMain}" "$@"; }`];
  return execFileSync('bash', ['-c', [...functions, ...script].join('\n')], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  }).toString();
}

/** A board with its power on, as a person has it in a terminal. */
function switchedOn(board: string, ...words: string[]): Program {
  return Program.selvage(['board', 'run', `${folder}/${board}`, ...words], { ...process.env, ...env });
}

async function switchedOff(board: Program): Promise<void> {
  board.signal('SIGINT');
  expect(await board.ended).toBe(0);
  expect(board.stderr).toBe('');
}

async function told(...words: string[]): Promise<{ exit: number; event: Record<string, unknown>; error: string }> {
  const surface = new TestSurface({ env });
  const exit = await surface.run(...words);
  return { exit, event: surface.events[0] ?? {}, error: surface.stderr.text };
}

beforeAll(() => {
  mkdirSync(folder);
  const output = inWorkshop(commands(makeExamples));
  expect(output).toContain('light is a light on a board in hall');
  expect(output).toContain('lock is a lock on a board in door');
});

describe('selvage board', () => {
  it('shows what is burnt into the chip, and what is in the slots, nothing secret among it', async () => {
    const { event } = await told('board', 'show', `${folder}/hall`, '--json');
    expect(event).toMatchObject({ kind: 'light', lifeCycle: 'secured', debugLocked: true, slot1: 'empty' });
    expect(event['slot0']).toMatch(/^version 1\.0\.0, security counter 1, [0-9a-f]{16}…$/);
    expect(inWorkshop(commands(showExamples))).toContain('secured');
    const key = readFileSync(`${folder}/hall/chip/unique-key`).subarray(4, 36);
    expect(JSON.stringify(event)).not.toContain(key.toString('hex'));
  });

  it('runs one in a terminal: it is owned, reset by Enter, and owned anew', async () => {
    const board = switchedOn('hall');
    await board.says(/slot 0: starts version 1\.0\.0, confirmed/);
    await board.says(/isolation (namespaces|permission-only)/);
    const [, first] = await board.says(/serves as ([0-9a-f-]{36}), RFOTM/);
    const own = ['own', 'light', '--json', '--site', file('site')];
    expect((await told(...own)).exit).toBe(0);
    await board.says(/RFPRO → RFNOP/);
    expect((await told('board', 'show', `${folder}/hall`, '--json')).exit).toBe(75);
    board.types('\n');
    const [, second] = await board.says(/its reset button was held[^]*serves as ([0-9a-f-]{36}), RFOTM/);
    expect(second).not.toBe(first);
    await switchedOff(board);
  });

  it('keeps its owner over a power cut', async () => {
    const before = switchedOn('hall', '--json');
    await before.says(/"event":"running"/);
    const own = ['own', 'light', '--json', '--site', file('other')];
    expect((await told(...own)).exit).toBe(0);
    before.signal('SIGKILL');
    await before.ended;
    const after = switchedOn('hall', '--json');
    await after.says(/"event":"running"[^\n]*"state":"RFNOP"/);
    await switchedOff(after);
  });

  it('installs an update that runs on trial once and confirms itself; nothing older is taken then', async () => {
    expect(inWorkshop(commands(installExamples))).toContain('version 1.1.0 is tried at the next start');
    const trial = switchedOn('door');
    await trial.says(/slot 1: starts version 1\.1\.0, on trial/);
    await trial.says(/serves as/);
    await switchedOff(trial);
    const { event } = await told('board', 'show', `${folder}/door`, '--json');
    expect(event).toMatchObject({ securityCounter: 2 });
    const again = switchedOn('door');
    await again.says(/slot 1: starts version 1\.1\.0, confirmed/);
    await switchedOff(again);
    const older = await told('board', 'install', `${folder}/door`, `${folder}/first.img`);
    expect(older.exit).toBe(77);
    expect(older.error).toContain('[rollback-refused]');
  });

  it('stays off with the reason where the flash was changed', async () => {
    const slot = `${folder}/door/flash/slot-1`;
    const bytes = readFileSync(slot);
    bytes[5000] = (bytes[5000] as number) ^ 1;
    writeFileSync(slot, bytes);
    const board = switchedOn('door');
    await board.says(/slot 1: refused: the image's sha256[^]*no slot has an image that starts[^]*it stays off/);
    await switchedOff(board);
  });

  it('resets one whose power is off, at the next start', async () => {
    expect(inWorkshop(commands(pressExamples))).toContain('is as new');
    const board = switchedOn('hall', '--json');
    await board.says(/"event":"wiped"/);
    await board.says(/"event":"running"[^\n]*"state":"RFOTM"/);
    await switchedOff(board);
  });

  it('resets one whose button is held while the power comes', async () => {
    const board = switchedOn('hall', '--held', '--json');
    await board.says(/"event":"wiped"/);
    await switchedOff(board);
  });

  it.each([
    ['make', [`${folder}/hall`, 'light'], 64, 'wrong-state'],
    ['make', [file('new'), 'light', '--image', file('none')], 66, 'file-not-found'],
    ['run', [file('nowhere')], 66, 'file-not-found'],
    ['show', [file('nowhere')], 66, 'file-not-found'],
    ['install', [`${folder}/hall`, builtMain], 65, 'image-malformed'],
    ['press', [file('nowhere')], 66, 'file-not-found'],
  ])('%s says what is wrong with %s', async (verb, words, code, error) => {
    const failed = await told('board', verb, ...words);
    expect(failed.error).toContain(`[${error}]`);
    expect(failed.exit).toBe(code);
  });
});
