import { mkdtemp, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SelvageError } from '@selvage/core';
import { type FileSystem, nodeFileSystem } from '@selvage/core/node';
import { outcomeOfPromise } from '@selvage/core/testing';
import { FileCounter } from '@selvage/hardware/node';
import { counterSuite } from '../../board/counter-suite.js';

counterSuite('FileCounter', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'selvage-counter-'));
  const path = join(folder, 'counter-test');
  let counter = await FileCounter.create(path);
  return {
    counter,
    reopen: async () => {
      await counter.close();
      return (counter = await FileCounter.open(path));
    },
    dispose: async () => {
      await counter.close();
      await rm(folder, { recursive: true });
    },
  };
});

describe('a counter in a file', () => {
  it('is readable by its owner alone, keeps its length, and is made once', async () => {
    await inFolder(async (path) => {
      const counter = await FileCounter.create(path);
      await counter.advance(1);
      await counter.advance(2);
      await counter.close();
      const { mode, size } = await stat(path);
      expect([(mode & 0o777).toString(8), size]).toEqual(['600', 8192]);
      expect(await outcomeOfPromise(FileCounter.create(path))).toBe('store-in-use');
      const opened = await FileCounter.open(path);
      expect(await opened.read()).toBe(2);
      await opened.close();
    });
  });

  it('is not there, or is cut short: told apart, with the path', async () => {
    await inFolder(async (path) => {
      expect(await outcomeOfPromise(FileCounter.open(path))).toBe('file-not-found');
      await (await FileCounter.create(path)).close();
      await truncate(path, 100);
      expect(await outcomeOfPromise(FileCounter.open(path))).toBe('store-failed');
    });
  });

  it('stands where it stood when the disk is full, and rises when there is room again', async () => {
    await inFolder(async (path) => {
      let isFull = false;
      const counter = await FileCounter.create(path, { files: sometimesFull(() => isFull) });
      await counter.advance(5);
      const before = await readFile(path);
      isFull = true;
      const error = await counter.advance(6).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(SelvageError);
      expect((error as SelvageError).details).toEqual({ system: 'ENOSPC' });
      expect(await counter.read()).toBe(5);
      expect((await readFile(path)).equals(before)).toBe(true);
      isFull = false;
      await counter.advance(6);
      await counter.close();
      const opened = await FileCounter.open(path);
      expect(await opened.read()).toBe(6);
      await opened.close();
    });
  });
});

function sometimesFull(isFull: () => boolean): FileSystem {
  return {
    ...nodeFileSystem,
    async openToWrite(path) {
      const file = await nodeFileSystem.openToWrite(path);
      return {
        write: async (bytes, place, alone) => {
          if (isFull()) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
          return file.write(bytes, place, alone);
        },
        close: () => file.close(),
      };
    },
  };
}

async function inFolder(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'selvage-counter-'));
  try {
    await body(join(folder, 'counter-test'));
  } finally {
    await rm(folder, { recursive: true });
  }
}
