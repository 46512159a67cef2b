import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type FileSystem, LogStore, nodeFileSystem, type WritableFile } from '@selvage/core/node';
import { outcomeOfPromise, storeSuite } from '@selvage/core/testing';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { transpileInto } from '../support/transpiled.js';

storeSuite(
  { describe, it, expect },
  {
    name: 'LogStore',
    create: async () => {
      const directory = await mkdtemp(join(tmpdir(), 'selvage-log-'));
      const first = await LogStore.open(directory);
      let last = first;
      const reopen = async (): Promise<LogStore> => {
        await last.close();
        return (last = await LogStore.open(directory));
      };
      const dispose = async (): Promise<void> => {
        await last.close();
        await rm(directory, { recursive: true });
      };
      return { store: first, reopen, dispose };
    },
  },
);

describe('LogStore', () => {
  it('makes its directory, and keeps values to their owner', async () => {
    await withDirectory(async (parent) => {
      const directory = join(parent, 'a', 'b');
      const store = await LogStore.open(directory);
      await store.put('key', new Uint8Array(1));
      expect((await stat(directory)).mode & 0o777).toBe(0o700);
      for (const file of ['values.log', 'lock']) expect((await stat(join(directory, file))).mode & 0o777).toBe(0o600);
      await store.close();
      expect(await readdir(directory)).toEqual(['values.log']);
    });
  });

  it('makes changes that come at once durable at once: 500 in at most two turns', async () => {
    const { files, counts } = counting();
    await withStore(files, async (store) => {
      await Promise.all(Array.from({ length: 500 }, (_, i) => store.put(`device-${i}`, new Uint8Array(300))));
      expect(counts.write).toBeLessThanOrEqual(2);
      await store.put('one', new Uint8Array(300));
      expect(counts.write).toBeLessThanOrEqual(3);
    });
  });

  it('may wait for the disk itself where changes come one by one, until several come at once', async () => {
    const { files, alone } = counting();
    await withStore(files, async (store) => {
      for (let i = 0; i < 12; i++) await store.put('a', Uint8Array.of(i));
      expect(alone).toEqual([...Array<boolean>(8).fill(false), ...Array<boolean>(4).fill(true)]);
      await Promise.all([store.put('a', Uint8Array.of(1)), store.put('b', Uint8Array.of(2))]);
      await store.put('a', Uint8Array.of(3));
      expect(alone.slice(12)).toEqual([false, false]);
    });
  });

  it('shows no value before it is durable', async () => {
    let letGo: (() => void) | undefined;
    await withStore(
      counting((work) => new Promise((resolve) => (letGo = () => resolve(work())))).files,
      async (store) => {
        const put = store.put('a', Uint8Array.of(1));
        const get = store.get('a');
        let shown = false;
        void get.then(() => (shown = true));
        for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
        expect([shown, await store.names()]).toEqual([false, []]);
        letGo?.();
        await put;
        expect([await get, await store.names()]).toEqual([Uint8Array.of(1), ['a']]);
      },
    );
  });

  it('writes the file anew when it is mostly garbage, and keeps what is alive', async () => {
    await withDirectory(async (directory) => {
      const store = await LogStore.open(directory);
      await store.put('kept', new Uint8Array(1000).fill(7));
      for (let i = 0; i < 300; i++) await store.put('changing', new Uint8Array(1000).fill(i));
      await store.delete('never.there');
      expect((await stat(join(directory, 'values.log'))).size).toBeLessThan(80_000);
      await store.close();
      const again = await LogStore.open(directory);
      expect(await again.names()).toEqual(['changing', 'kept']);
      expect([(await again.get('changing'))?.[0], (await again.get('kept'))?.[999]]).toEqual([299 & 255, 7]);
      await again.close();
    });
  });

  it('adds to a large value without writing it again', async () => {
    const { files, counts } = counting();
    await withStore(files, async (store) => {
      await store.put('large', new Uint8Array(1 << 20));
      for (let i = 0; i < 100; i++) await store.put('small', new Uint8Array(2000));
      expect(counts.rename).toBe(1);
    });
  });

  it('is closed once what was asked for is durable, and does nothing afterwards', async () => {
    await withDirectory(async (directory) => {
      const store = await LogStore.open(directory);
      const puts = [store.put('a', Uint8Array.of(1)), store.put('b', Uint8Array.of(2))];
      await Promise.all([store.close(), store.close(), ...puts]);
      const calls = [store.get('a'), store.put('a', new Uint8Array(1)), store.delete('a'), store.names()];
      expect(await Promise.all(calls.map(outcomeOfPromise))).toEqual(Array(4).fill('wrong-state'));
      const again = await LogStore.open(directory);
      await store.close();
      expect([await again.names(), await readdir(directory)]).toEqual([
        ['a', 'b'],
        ['lock', 'values.log'],
      ]);
      await again.close();
    });
  });
});

describe('LogStore where the disk fails', () => {
  it('says store-failed and what the system said, for each change of the turn, and reads the old values', async () => {
    const disk = failing();
    await withStore(disk.files, async (store) => {
      await store.put('a', Uint8Array.of(1));
      disk.fail = ['write'];
      const changes = [store.put('a', Uint8Array.of(2)), store.put('b', Uint8Array.of(2)), store.delete('a')];
      const read = store.get('a');
      expect(await Promise.all(changes.map(outcomeOfPromise))).toEqual(Array(3).fill('store-failed'));
      await expect(changes[0]).rejects.toMatchObject({ details: { system: 'ENOSPC' } });
      expect([await read, await store.get('a'), await store.names()]).toEqual([
        Uint8Array.of(1),
        Uint8Array.of(1),
        ['a'],
      ]);
    });
  });

  it.each(['write', 'createFile', 'rename', 'syncDirectory', 'openToWrite'] as const)(
    'at %s works again when the disk does, and has what it acknowledged',
    async (operation) => {
      const disk = failing();
      await withDirectory(async (directory) => {
        const store = await LogStore.open(directory, { files: disk.files });
        await store.put('a', Uint8Array.of(1));
        // A failed write makes the next change write the file anew.
        disk.fail = ['write', operation];
        const outcomes = [];
        for (const value of [2, 3]) outcomes.push(await outcomeOfPromise(store.put('a', Uint8Array.of(value))));
        expect(outcomes).toEqual(['store-failed', operation === 'write' ? 'returned' : 'store-failed']);
        const kept = Uint8Array.of(operation === 'write' ? 3 : 1);
        disk.fail = [];
        await store.put('b', Uint8Array.of(4));
        expect([await store.get('a'), await store.get('b')]).toEqual([kept, Uint8Array.of(4)]);
        await store.put('b', Uint8Array.of(5));
        await store.close();
        const again = await LogStore.open(directory);
        expect([await again.get('a'), await again.get('b')]).toEqual([kept, Uint8Array.of(5)]);
        await again.close();
      });
    },
  );

  it('cannot be opened where the directory cannot be made, and then holds no lock', async () => {
    await withDirectory(async (directory) => {
      await writeFile(join(directory, 'file'), 'x');
      const opening = LogStore.open(join(directory, 'file'));
      await expect(opening).rejects.toMatchObject({ code: 'store-failed', details: { system: 'EEXIST' } });
      await mkdir(join(directory, 'damaged'));
      await writeFile(join(directory, 'damaged', 'values.log'), 'no log');
      expect(await outcomeOfPromise(LogStore.open(join(directory, 'damaged')))).toBe('store-failed');
      expect(await readdir(join(directory, 'damaged'))).toEqual(['values.log']);
    });
  });
});

describe('LogStore and other processes', () => {
  it('is refused to a second one, with the number of the first, and free again when that is killed', async () => {
    await withDirectory(async (directory) => {
      await transpileInto(directory);
      const data = join(directory, 'data');
      const { child, lines } = await startWriter(directory, data, 1);
      await lines.next();
      const opening = LogStore.open(data);
      await expect(opening).rejects.toMatchObject({
        code: 'store-in-use',
        message: expect.stringContaining(`process ${child.pid} `) as string,
        details: { pid: child.pid },
      });
      await killed(child);
      await (await LogStore.open(data)).close();
      expect(await readdir(data)).toEqual(['values.log']);
    });
  });

  it('is refused to the same one, which is told so', async () => {
    await withDirectory(async (directory) => {
      const store = await LogStore.open(directory);
      await expect(LogStore.open(directory)).rejects.toMatchObject({
        code: 'store-in-use',
        message: expect.stringContaining(`this process (${process.pid})`) as string,
      });
      await store.close();
      await (await LogStore.open(directory)).close();
    });
  });

  it('survives a kill at any moment: 10 processes killed while they write (seed 1)', async () => {
    const random = new SeededRandom(1);
    await withDirectory(async (directory) => {
      await transpileInto(directory);
      const data = join(directory, 'data');
      let least = 0;
      for (let round = 0; round < 10; round++) {
        const acknowledged = await writeUntilKilled(directory, data, least + 1, 1 + random.below(40));
        const store = await LogStore.open(data);
        const [a, b] = [await numberIn(store, 'a'), await numberIn(store, 'b')];
        // Both are asked for in one turn.
        expect({ round, together: a === b, lost: a < acknowledged }).toEqual({ round, together: true, lost: false });
        await store.close();
        least = a;
      }
    });
  });
});

const writer = `
  import { LogStore } from './node/index.js';
  const store = await LogStore.open(process.argv[2]);
  for (let n = Number(process.argv[3]); ; n++) {
    const value = new Uint8Array(new Uint32Array(2000).fill(n).buffer);
    await Promise.all([store.put('a', value), store.put('b', value)]);
    process.stdout.write(n + '\\n');
  }
`;

/** Starts a process that puts rising numbers under two names, and says each that is acknowledged. */
async function startWriter(
  directory: string,
  data: string,
  first: number,
): Promise<{ child: ChildProcess; lines: AsyncIterator<string> }> {
  await writeFile(join(directory, 'writer.js'), writer);
  const child = spawn(process.execPath, [join(directory, 'writer.js'), data, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

/** Kills a writer after some acknowledgements, and returns the last one seen. */
async function writeUntilKilled(directory: string, data: string, first: number, count: number): Promise<number> {
  const { child, lines } = await startWriter(directory, data, first);
  let last = 0;
  for (let seen = 0; ; ) {
    const line = await lines.next();
    if (line.done) return last;
    last = Number(line.value);
    if (++seen === count) child.kill('SIGKILL');
  }
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** The number that a value is full of. */
async function numberIn(store: LogStore, name: string): Promise<number> {
  const words = new Uint32Array((await store.get(name))!.slice().buffer);
  expect([words.length, words.some((word) => word !== words[0])]).toEqual([2000, false]);
  return words[0]!;
}

/** The file system of this machine, with its operations counted, and writes done as `delay` says. */
function counting(delay: (work: () => Promise<void>) => Promise<void> = (work) => work()): {
  files: FileSystem;
  counts: { write: number; rename: number };
  /** Of each write whether it was taken to be alone. */
  alone: (boolean | undefined)[];
} {
  const counts = { write: 0, rename: 0 };
  const alone: (boolean | undefined)[] = [];
  const files: FileSystem = {
    ...nodeFileSystem,
    rename: (from, to) => {
      counts.rename++;
      return nodeFileSystem.rename(from, to);
    },
    openToWrite: async (path) => {
      const file = await nodeFileSystem.openToWrite(path);
      const write: WritableFile['write'] = (bytes, place, isAlone) => {
        counts.write++;
        alone.push(isAlone);
        return delay(() => file.write(bytes, place, isAlone));
      };
      return { write, close: () => file.close() };
    },
  };
  return { files, counts, alone };
}

type Failing = 'write' | 'createFile' | 'rename' | 'syncDirectory' | 'openToWrite';

/** The file system of this machine, on which the named operations fail. */
function failing(): { fail: readonly Failing[]; readonly files: FileSystem } {
  const disk = { fail: [] as readonly Failing[] };
  const attempt = <T>(operation: Failing, work: () => Promise<T>): Promise<T> =>
    disk.fail.includes(operation) ? Promise.reject(Object.assign(new TypeError('full'), { code: 'ENOSPC' })) : work();
  const files: FileSystem = {
    ...nodeFileSystem,
    createFile: (path, bytes) => attempt('createFile', () => nodeFileSystem.createFile(path, bytes)),
    rename: (from, to) => attempt('rename', () => nodeFileSystem.rename(from, to)),
    syncDirectory: (path) => attempt('syncDirectory', () => nodeFileSystem.syncDirectory(path)),
    openToWrite: (path) =>
      attempt('openToWrite', async () => {
        const file = await nodeFileSystem.openToWrite(path);
        // It fails with a part of the bytes written.
        const write: WritableFile['write'] = (bytes, place) =>
          attempt('write', () => file.write(bytes, place)).catch(async (error: unknown) => {
            await file.write(bytes.subarray(0, 5), place);
            throw error;
          });
        return { write, close: () => file.close() };
      }),
  };
  return Object.assign(disk, { files });
}

async function withStore(files: FileSystem, body: (store: LogStore) => Promise<void>): Promise<void> {
  await withDirectory(async (directory) => {
    const store = await LogStore.open(directory, { files });
    await body(store);
    await store.close();
    expect((await readFile(join(directory, 'values.log'))).length).toBeGreaterThan(0);
  });
}

async function withDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'selvage-log-'));
  try {
    await body(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
