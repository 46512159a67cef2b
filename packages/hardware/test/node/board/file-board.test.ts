import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SelvageError } from '@selvage/core';
import { type FileSystem, nodeFileSystem } from '@selvage/core/node';
import { codecSuite, outcomeOfPromise } from '@selvage/core/testing';
import { nativeCore } from '@selvage/crypto';
import { createBoard, openBoard } from '@selvage/hardware/node';
import { descriptionFile, uniqueKeyFile } from '../../../src/node/board/chip-format.js';

const slot = { size: 65_536, eraseSize: 4096, writeSize: 8 };
const rootKey = { kind: 'ed25519', publicKey: nativeCore.ed25519.publicKey(new Uint8Array(32).fill(1)) } as const;

codecSuite(
  { describe, it, expect },
  {
    name: 'unique key file',
    codec: uniqueKeyFile,
    generate: (random) => ({ magic: 0x4b455931, key: random.bytes(32), check: random.bytes(16) }),
    rounds: 20,
  },
);

codecSuite(
  { describe, it, expect },
  {
    name: 'description file',
    codec: descriptionFile,
    generate: (random) => ({
      format: 1,
      size: random.u32(),
      eraseSize: random.u32(),
      writeSize: random.u32(),
      facts: random.bytes(random.below(40)),
      check: random.bytes(16),
    }),
    rounds: 40,
  },
);

describe('a board in a folder', () => {
  it('is virgin when it is made, and keeps what is burnt and counted, its facts and its unique key', async () => {
    await inFolder(async (folder) => {
      const made = await createBoard(folder, { slot, facts: new Map([['kind', 'lamp']]) });
      expect(made.otp.lifeCycle).toBe('virgin');
      await made.otp.provision({ rootKeys: [rootKey] });
      await made.securityCounter.advance(3);
      await (await made.counters.counter('of-the-firmware')).advance(8);
      const derived = made.uniqueKey.deriveKey('test', 16).reveal();
      await made.close();

      const board = await openBoard(folder);
      expect([board.otp.lifeCycle, board.otp.rootKeys.length, board.facts]).toEqual([
        'provisioned',
        1,
        new Map([['kind', 'lamp']]),
      ]);
      expect(await board.securityCounter.read()).toBe(3);
      expect(await (await board.counters.counter('of-the-firmware')).read()).toBe(8);
      expect(board.uniqueKey.deriveKey('test', 16).reveal()).toEqual(derived);
      expect(board.slots.map(({ size, eraseSize, writeSize }) => ({ size, eraseSize, writeSize }))).toEqual([
        slot,
        slot,
      ]);
      await board.close();
    });
  });

  it('has files that only their owner reads', async () => {
    await inFolder(async (folder) => {
      await (await createBoard(folder, { slot })).close();
      const names = (await readdir(folder, { recursive: true })).sort();
      expect(names).toEqual([
        'chip',
        'chip/counter-fuses',
        'chip/counter-resets-asked',
        'chip/counter-resets-done',
        'chip/counter-security',
        'chip/counter-store',
        'chip/description',
        'chip/otp',
        'chip/unique-key',
        'flash',
        'flash/slot-0',
        'flash/slot-1',
      ]);
      for (const name of names) {
        const { mode } = await stat(join(folder, name));
        expect([name, mode & 0o077]).toEqual([name, 0]);
      }
    });
  });

  it("is one process's at a time, is made once, and is not there before", async () => {
    await inFolder(async (folder) => {
      expect(await outcomeOfPromise(openBoard(folder))).toBe('file-not-found');
      expect(await outcomeOfPromise(openBoard(join(folder, 'nowhere')))).toBe('file-not-found');
      const board = await createBoard(folder, { slot });
      expect(await outcomeOfPromise(openBoard(folder))).toBe('store-in-use');
      await board.close();
      expect(await outcomeOfPromise(createBoard(folder, { slot }))).toBe('wrong-state');
      await (await openBoard(folder)).close();
    });
  });

  it('is whole or not there after its making was cut short at any file operation', async () => {
    let cuts = 0;
    for (let operation = 0; ; operation++) {
      const isDone = await inFolder(async (folder) => {
        const files = cutFileSystem(operation);
        const outcome = await outcomeOfPromise(createBoard(folder, { slot, files }).then((board) => board.close()));
        if (outcome === 'returned') return true;
        cuts++;
        const opened = await openBoard(folder, { processes: afterTheKill }).catch((error: unknown) => error);
        const board =
          opened instanceof SelvageError && opened.code === 'file-not-found'
            ? await createBoard(folder, { slot, processes: afterTheKill })
            : (opened as Awaited<ReturnType<typeof openBoard>>);
        expect(board.otp.lifeCycle).toBe('virgin');
        await board.close();
        return false;
      });
      if (isDone) break;
    }
    expect(cuts).toBeGreaterThan(40);
  });
});

/** What every process sees of one that was killed. */
const afterTheKill = { own: { pid: process.pid, started: 'later' }, isAlive: () => false };

/** Fails from the operation of that number on, as a process that was killed does nothing more. */
function cutFileSystem(cut: number): FileSystem {
  let operations = 0;
  return new Proxy(nodeFileSystem, {
    get: (files, name) => {
      const operation = Reflect.get(files, name) as (...values: unknown[]) => Promise<unknown>;
      return async (...values: unknown[]) => {
        if (operations++ >= cut) throw new SelvageError('store-failed', 'killed');
        return operation(...values);
      };
    },
  });
}

async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'selvage-board-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
