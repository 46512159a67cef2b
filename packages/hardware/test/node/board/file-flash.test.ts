import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outcomeOfPromise } from '@selvage/core/testing';
import { FileFlash } from '@selvage/hardware/node';
import { flashSuite, suiteGeometry } from '../../board/flash-suite.js';

flashSuite('FileFlash', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'selvage-flash-'));
  const path = join(folder, 'slot-0');
  await FileFlash.create(path, suiteGeometry);
  let flash = await FileFlash.open(path, suiteGeometry);
  return {
    flash,
    reopen: async () => {
      await flash.close();
      return (flash = await FileFlash.open(path, suiteGeometry));
    },
    dispose: async () => {
      await flash.close();
      await rm(folder, { recursive: true });
    },
  };
});

describe('flash in a file', () => {
  it('reads what the file has now, whoever wrote it', async () => {
    await inFolder(async (path) => {
      await FileFlash.create(path, suiteGeometry);
      const flash = await FileFlash.open(path, suiteGeometry);
      await writeFile(path, new Uint8Array(4096).fill(7));
      expect(await flash.read(0, 4)).toEqual(new Uint8Array(4).fill(7));
      await truncate(path, 100);
      expect(await outcomeOfPromise(flash.read(96, 8))).toBe('store-failed');
      await flash.close();
    });
  });

  it('is refused where the file has another length', async () => {
    await inFolder(async (path) => {
      await writeFile(path, new Uint8Array(4095));
      expect(await outcomeOfPromise(FileFlash.open(path, suiteGeometry))).toBe('store-failed');
    });
  });
});

async function inFolder(body: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'selvage-flash-'));
  try {
    await body(join(folder, 'slot-0'));
  } finally {
    await rm(folder, { recursive: true });
  }
}
