/** Boards as processes: they start what they verified, and nothing is left of them when their power goes. */
import { spawn } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toHex } from '@selvage/core';
import { parseVersion, signImage, verifyImage } from '@selvage/hardware';
import { boardPaths, openBoard } from '@selvage/hardware/node';
import { describe, expect, it } from 'vitest';
import { gone, isThere, madeBoard, PoweredBoard, signerOfFirmware } from '../support/bench-made.js';
import { platform } from '../support/memory-board.js';

describe('a board with its power on', () => {
  it('starts the firmware that it verified, in a world of its own, and says what it measured', async () => {
    const folder = await madeBoard();
    const board = new PoweredBoard(folder);
    const boot = await board.next('boot');
    const slot = readFileSync(boardPaths(folder).slots[0]);
    const { digest } = verifyImage(slot, { core: platform.core, keys: (await keysOf(board, folder)).keys });
    expect(boot.image).toEqual({ slot: 0, version: '1.0.0', trial: false, digest: toHex(digest) });
    expect(boot.log.at(-1)).toBe(`board: isolation ${boot.isolation}`);
    expect(boot.securityCounter).toBe(1);
  });

  it('is after a power cut what it was', async () => {
    const folder = await madeBoard();
    const first = new PoweredBoard(folder);
    const { device } = await first.running();
    process.kill(first.process.pid, 'SIGKILL');
    await first.process.ended;
    const second = new PoweredBoard(folder);
    expect((await second.running()).device).toBe(device);
  });

  it('is after its power was cycled what it was', async () => {
    const board = new PoweredBoard(await madeBoard());
    const { device } = await board.running();
    const from = board.do({ do: 'power' });
    expect((await board.running(from)).device).toBe(device);
  });

  it('ends both processes with its power', async () => {
    const board = new PoweredBoard(await madeBoard());
    const { pid = 0 } = await board.next('boot');
    await board.running();
    await board.off();
    expect([board.process.pid, pid].filter(isThere)).toEqual([]);
  });

  it('takes its firmware along where the secure world is killed', async () => {
    const board = new PoweredBoard(await madeBoard());
    const { pid = 0 } = await board.next('boot');
    await board.running();
    process.kill(board.process.pid, 'SIGKILL');
    await gone(pid);
  });

  it.each([
    ['', undefined, []],
    [', though its firmware loops for ever', 'for (;;);', []],
    [', though it loops and nothing but permissions confines it', 'for (;;);', ['none']],
  ])('ends with whoever switched it on, even where that is killed%s', async (_, program, words) => {
    const folder = await madeBoard(program === undefined ? {} : { program });
    const path = fileURLToPath(new URL('../support/a-thing.mjs', import.meta.url));
    const thing = spawn(process.execPath, [path, folder, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pids = await new Promise<number[]>((resolve) => {
      thing.stdout.on('data', (chunk: Buffer) => resolve(JSON.parse(chunk.toString()) as number[]));
    });
    expect(pids.filter(isThere)).toHaveLength(2);
    thing.kill('SIGKILL');
    for (const pid of pids) await gone(pid);
  });

  it('opens no debugger for whoever may send it a signal', async () => {
    const board = new PoweredBoard(await madeBoard());
    await board.running();
    process.kill(board.process.pid, 'SIGUSR1');
    // What it does next, it does after the signal.
    await board.running(board.do({ do: 'power' }));
    await board.off();
    expect(board.process.failure().details).toMatchObject({ said: '' });
  });

  it('belongs to one process alone', async () => {
    const folder = await madeBoard();
    const first = new PoweredBoard(folder);
    await first.next('boot');
    const second = new PoweredBoard(folder);
    await second.process.ended;
    expect(second.process.failure()).toMatchObject({ code: 'store-in-use' });
  });

  it('without namespaces starts as permission-only, and says so', async () => {
    const board = new PoweredBoard(await madeBoard(), { confinement: 'none' });
    expect(await board.next('boot')).toMatchObject({ isolation: 'permission-only' });
    expect((await board.next('boot')).log).toContain('board: isolation permission-only');
    await board.running();
    const from = board.do({ do: 'power' });
    expect(await board.next('boot', () => true, from)).toMatchObject({ isolation: 'permission-only' });
  });
});

describe('a board that stays off', () => {
  it('has an image that was changed by one bit, wherever', async () => {
    const folder = await madeBoard();
    const path = boardPaths(folder).slots[0];
    const whole = readFileSync(path);
    for (const place of [20, 300, 200_000]) {
      const changed = Buffer.from(whole);
      changed[place] = (changed[place] as number) ^ 0x10;
      writeFileSync(path, changed);
      const board = new PoweredBoard(folder);
      const boot = await board.next('boot');
      expect(boot.image).toBeUndefined();
      expect(boot.log.some((line) => line.startsWith('slot 0: refused: '))).toBe(true);
      await board.off();
    }
  });

  it('has firmware that somebody else signed', async () => {
    const board = new PoweredBoard(await madeBoard({ root: await signerOfFirmware() }));
    const boot = await board.next('boot');
    expect(boot.image).toBeUndefined();
    expect(boot.pid).toBeUndefined();
    await board.off();
    expect(board.news.filter(({ event }) => event === 'shown')).toEqual([]);
  });

  it('has a sealed store that is older than its counter says', async () => {
    const folder = await madeBoard();
    const { store } = boardPaths(folder);
    copyFileSync(store, `${store}.old`);
    const first = new PoweredBoard(folder);
    await first.running();
    await first.off();
    copyFileSync(`${store}.old`, store);
    const second = new PoweredBoard(folder);
    const boot = await second.next('boot');
    expect(boot.image).toBeUndefined();
    expect(boot.log.at(-1)).toMatch(/^board: refused: .*(older|rolled|counter)/);
  });
});

describe('firmware that does not behave', () => {
  it('is started again when it ends, but not for ever', async () => {
    const board = new PoweredBoard(await madeBoard({ program: 'setTimeout(() => process.exit(3), 10)' }));
    const ends = () => board.news.filter(({ event }) => event === 'stopped').length;
    for (let end = 1; end <= 6; end++) await board.next('stopped', () => ends() >= end);
    expect(board.news.filter(({ event }) => event === 'boot')).toHaveLength(6);
    await board.off();
  });

  it('that loops for ever and answers nothing is no match for the reset button, nor for the power', async () => {
    const folder = await madeBoard({ program: 'for (;;);' });
    const board = new PoweredBoard(folder);
    const { pid = 0 } = await board.next('boot');
    const from = board.do({ do: 'press' });
    await board.next('wiped', () => true, from);
    await gone(pid);
    const again = await board.next('boot', () => true, from);
    await board.off();
    expect(isThere(again.pid ?? 0)).toBe(false);
  });

  it('is dropped where it is on trial and does not come up', async () => {
    const signer = await signerOfFirmware();
    const folder = await madeBoard({ signer });
    const broken = new TextEncoder().encode('exports.start = () => { process.exit(1); };');
    const options = { core: platform.core, version: parseVersion('2.0.0'), securityCounter: 9, signer };
    const image = await signImage(broken, options);
    const board = new PoweredBoard(folder);
    await board.running();
    const hex = Buffer.from(image).toString('hex');
    const order = { order: 1, do: 'update', at: 0, total: image.length, hex };
    board.do({ do: 'input', peripheral: 'panel', value: order });
    await board.next('shown', ({ peripheral }) => peripheral === 'panel');
    const from = board.do({ do: 'power' });
    const trial = await board.next('boot', () => true, from);
    expect(trial.image).toMatchObject({ version: '2.0.0', trial: true, slot: 1 });
    const back = await board.next('boot', ({ image }) => image?.version === '1.0.0', from);
    // What was never confirmed has not raised the counter either.
    expect(back).toMatchObject({ securityCounter: 1, image: { slot: 0, trial: false } });
    await board.running(board.news.indexOf(back));
  });
});

/** The root keys of a board that is on: they are in its chip, and read when it is off. */
async function keysOf(board: PoweredBoard, folder: string) {
  await board.off();
  const opened = await openBoard(folder);
  const keys = opened.otp.rootKeys.map(({ publicKey }) => publicKey);
  await opened.close();
  return { keys };
}
