import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MonitoredEntropy, SelvageError } from '@selvage/core';
import { type FileSystem, nodeFileSystem } from '@selvage/core/node';
import { codecSuite, outcomeOfPromise } from '@selvage/core/testing';
import { nativeCore } from '@selvage/crypto';
import { programSlot } from '@selvage/hardware';
import { createBoard, openBoard } from '@selvage/hardware/node';
import { firstSigner, makeImage, refusals, rom, secondSigner } from '../../boot/support.js';
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

  it('is not made with entropy that failed, and can be with sound entropy afterwards', async () => {
    await inFolder(async (folder) => {
      const stuck = new MonitoredEntropy((target) => void target.fill(7));
      expect(await outcomeOfPromise(createBoard(folder, { slot, entropy: stuck }))).toBe('entropy-failed');
      expect(await outcomeOfPromise(openBoard(folder))).toBe('file-not-found');
      const uneven = { ...slot, eraseSize: 4095 };
      expect(await outcomeOfPromise(createBoard(folder, { slot: uneven }))).toBe('invalid-argument');
      await (await createBoard(folder, { slot })).close();
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

  it('is provisioned or not after its provisioning was cut short at any write, before, in the middle of and after it', async () => {
    let cuts = 0;
    for (const moment of ['before', 'torn', 'after'] as const) {
      for (let write = 0; ; write++) {
        const isDone = await inFolder(async (folder) => {
          await (await createBoard(folder, { slot })).close();
          const board = await openBoard(folder, { files: cutWrites(write, moment) });
          const outcome = await outcomeOfPromise(board.otp.provision({ rootKeys: [rootKey] }));
          await board.close();
          if (outcome === 'returned') return true;
          cuts++;
          const again = await openBoard(folder);
          expect(again.otp.damage).toBe(undefined);
          const { lifeCycle, rootKeys } = again.otp;
          expect([
            ['virgin', 0],
            ['provisioned', 1],
          ]).toContainEqual([lifeCycle, rootKeys.length]);
          if (lifeCycle === 'virgin') await again.otp.provision({ rootKeys: [rootKey] });
          await again.close();
          const last = await openBoard(folder);
          expect([last.otp.lifeCycle, last.otp.rootKeys[0]?.publicKey]).toEqual(['provisioned', rootKey]);
          await last.close();
          return false;
        });
        if (isDone) break;
      }
    }
    // Two writes of the fuses and two of their count.
    expect(cuts).toBe(3 * 4);
  });

  it('is not made on a disk that fills up at any of its files, and is when there is room again', async () => {
    let full = 0;
    for (let file = 0; ; file++) {
      const isDone = await inFolder(async (folder) => {
        let created = 0;
        const files: FileSystem = {
          ...nodeFileSystem,
          createFile: async (path, bytes) => {
            if (created++ < file) return nodeFileSystem.createFile(path, bytes);
            // What was written of it before the disk was full stays there.
            await nodeFileSystem.createFile(path, bytes.subarray(0, bytes.length / 2));
            throw noSpace();
          },
        };
        const outcome = await outcomeOfPromise(createBoard(folder, { slot, files }).then((board) => board.close()));
        if (outcome === 'returned') return true;
        full++;
        expect([file, outcome]).toEqual([file, 'store-failed']);
        const board = await createBoard(folder, { slot, processes: afterTheKill });
        expect(board.otp.lifeCycle).toBe('virgin');
        await board.close();
        return false;
      });
      if (isDone) break;
    }
    // The lock, two slots, and the eight files of the chip.
    expect(full).toBe(11);
  });

  it('whose fuses are an older copy, or edited, starts nothing: the boot log has the reason', async () => {
    await inFolder(async (folder) => {
      const made = await createBoard(folder, { slot });
      await made.otp.provision({ rootKeys: [firstSigner.publicKey, secondSigner.publicKey] });
      await programSlot(made.slots[0], await makeImage({ version: '1.0.0' }));
      const { otp: path } = made.paths;
      const provisioned = await readFile(path);
      await made.otp.revoke(1);
      await made.otp.advance('secured');
      const secured = await readFile(path);
      await made.close();
      const edited = Buffer.from(secured);
      // The pattern of a burnt fuse, in both cells.
      for (let at = edited.indexOf('a5c35a3c', 0, 'hex'); at >= 0; at = edited.indexOf('a5c35a3c', at, 'hex')) {
        edited.fill(0, at, at + 4);
      }
      const cases: [Buffer, string[]][] = [
        [secured, []],
        [provisioned, ['board: fuse-count']],
        [edited, ['board: fuses']],
        [secured, []],
      ];
      for (const [content, expected] of cases) {
        await writeFile(path, content);
        const board = await openBoard(folder);
        expect(refusals(await rom.boot(board))).toEqual(expected);
        await board.close();
      }
    });
  });

  it('whose files were taken away or changed is refused, with the name of the file', async () => {
    const damages: [string, (path: string) => Promise<void>][] = [
      ['chip/unique-key', (path) => writeFile(path, new Uint8Array(52))],
      ['chip/description', (path) => rm(path)],
      ['chip/otp', (path) => truncate(path, 100)],
      ['chip/counter-security', (path) => rm(path)],
      ['chip/counter-fuses', (path) => writeFile(path, new Uint8Array(8192))],
      ['flash/slot-1', (path) => truncate(path, 65_535)],
    ];
    for (const [name, damage] of damages) {
      await inFolder(async (folder) => {
        await (await createBoard(folder, { slot })).close();
        await damage(join(folder, name));
        const error = await openBoard(folder).catch((thrown: unknown) => thrown);
        expect([name, error instanceof SelvageError && error.code]).toEqual([name, 'store-failed']);
        expect((error as SelvageError).message).toContain(name);
        // And nobody holds the lock of a board that is not open.
        expect(await outcomeOfPromise(openBoard(folder))).toBe('store-failed');
      });
    }
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

/** Files whose writes in place fail from that number on: with nothing, half or all of the bytes written. */
function cutWrites(cut: number, moment: 'before' | 'torn' | 'after'): FileSystem {
  let writes = 0;
  return {
    ...nodeFileSystem,
    openToWrite: async (path) => {
      const file = await nodeFileSystem.openToWrite(path);
      return {
        write: async (bytes, place) => {
          const number = writes++;
          if (number < cut) return file.write(bytes, place);
          const length = { before: 0, torn: bytes.length / 2, after: bytes.length }[moment];
          if (number === cut) await file.write(bytes.subarray(0, length), place);
          throw new SelvageError('store-failed', 'killed');
        },
        close: () => file.close(),
      };
    },
  };
}

function noSpace(): Error {
  return Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
}

async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'selvage-board-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
