import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { FileStore, nodeFileSystem } from '@selvage/core/node';
import { outcomeOfPromise, storeSuite } from '@selvage/core/testing';
import { SeededRandom } from '@selvage/core/virtual';
import { transpileInto } from '../support/transpiled.js';

storeSuite(
  { describe, it, expect },
  {
    name: 'FileStore',
    create: async () => {
      const directory = await mkdtemp(join(tmpdir(), 'selvage-store-'));
      return {
        store: await FileStore.open(directory),
        reopen: () => FileStore.open(directory),
        dispose: () => rm(directory, { recursive: true }),
      };
    },
  },
);

describe('FileStore', () => {
  it('makes its directory and those above it, and keeps values to their owner', async () => {
    await withDirectory(async (parent) => {
      const directory = join(parent, 'a', 'b');
      const store = await FileStore.open(directory);
      await store.put('key', new Uint8Array(1));
      expect((await stat(directory)).mode & 0o777).toBe(0o700);
      expect((await stat(join(directory, 'key'))).mode & 0o777).toBe(0o600);
    });
  });

  it('removes what an interrupted write left, and nothing else', async () => {
    await withDirectory(async (directory) => {
      for (const name of ['.new-1-0', '.other', 'kept']) await writeFile(join(directory, name), 'x');
      const store = await FileStore.open(directory);
      expect((await readdir(directory)).sort()).toEqual(['.other', 'kept']);
      expect(await store.names()).toEqual(['kept']);
    });
  });

  it('says store-failed, and what the system said, where it cannot write', async () => {
    await withDirectory(async (directory) => {
      await writeFile(join(directory, 'file'), 'x');
      const opening = FileStore.open(join(directory, 'file'));
      expect(await outcomeOfPromise(opening)).toBe('store-failed');
      await expect(opening).rejects.toMatchObject({ details: { system: 'EEXIST' } });
    });
  });

  it('keeps the old value and no remains when a write fails, and works again afterwards', async () => {
    await withDirectory(async (directory) => {
      let full = false;
      const store = await FileStore.open(directory, {
        ...nodeFileSystem,
        rename: (from, to) => (full ? Promise.reject(new TypeError('disk full')) : nodeFileSystem.rename(from, to)),
      });
      await store.put('a', new Uint8Array([1]));
      full = true;
      expect(await outcomeOfPromise(store.put('a', new Uint8Array([2])))).toBe('store-failed');
      expect([await store.get('a'), await readdir(directory)]).toEqual([new Uint8Array([1]), ['a']]);
      full = false;
      await store.put('a', new Uint8Array([3]));
      expect(await store.get('a')).toEqual(new Uint8Array([3]));
    });
  });

  it('opens a directory whose parent it may not list', async () => {
    await withDirectory(async (parent) => {
      await mkdir(join(parent, 'closed', 'store'), { recursive: true });
      await chmod(join(parent, 'closed'), 0o311);
      const store = await FileStore.open(join(parent, 'closed', 'store'));
      await store.put('a', new Uint8Array(1));
      await chmod(join(parent, 'closed'), 0o700);
      expect(await store.names()).toEqual(['a']);
    });
  });

  it('survives a kill at any moment: 10 processes killed while they write (seed 1)', async () => {
    const random = new SeededRandom(1);
    await withDirectory(async (directory) => {
      await transpileInto(directory);
      const data = join(directory, 'data');
      let least = 0;
      for (let round = 0; round < 10; round++) {
        const acknowledged = await writeUntilKilled(directory, data, least + 1, 1 + random.below(8));
        const store = await FileStore.open(data);
        const value = await store.get('counter');
        const words = new Uint32Array((value as Uint8Array).slice().buffer);
        expect({ round, length: words.length, torn: words.some((word) => word !== words[0]) }).toEqual({
          round,
          length: 5000,
          torn: false,
        });
        expect({ round, lost: (words[0] as number) < acknowledged }).toEqual({ round, lost: false });
        expect(await readdir(data)).toEqual(['counter']);
        least = words[0] as number;
      }
    });
  });
});

const writer = `
  import { FileStore } from './node/index.js';
  const store = await FileStore.open(process.argv[2]);
  for (let n = Number(process.argv[3]); ; n++) {
    await store.put('counter', new Uint8Array(new Uint32Array(5000).fill(n).buffer));
    process.stdout.write(n + '\\n');
  }
`;

/** Starts a process that puts rising numbers, kills it after some acknowledgements, and returns the last one seen. */
async function writeUntilKilled(directory: string, data: string, first: number, count: number): Promise<number> {
  await writeFile(join(directory, 'writer.js'), writer);
  const child: ChildProcess = spawn(process.execPath, [join(directory, 'writer.js'), data, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = 0;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    last = Number(line);
    if (++seen === count) child.kill('SIGKILL');
  }
  return last;
}

async function withDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'selvage-store-'));
  try {
    await body(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
