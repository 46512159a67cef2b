import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SelvageError, toHex } from '@selvage/core';
import { versionText } from '@selvage/hardware';
import { type FileBoard, openBoard } from '@selvage/hardware/node';
import { firstSigner, makeImage, payloadOf, rom } from '../../boot/support.js';

const program = fileURLToPath(new URL('./a-life.mjs', import.meta.url));
/** One in so many operations is one at which the process is killed. */
const stride = 5;

describe('a process that is killed at any moment of the life of its board', () => {
  it('leaves a board that starts the old or the new image from when it had one, and that goes on to the end', async () => {
    const images = await mkdtemp(join(tmpdir(), 'selvage-images-'));
    await writeFile(join(images, '1.0.0'), await makeImage({ version: '1.0.0', securityCounter: 1 }));
    await writeFile(join(images, '2.0.0'), await makeImage({ version: '2.0.0', securityCounter: 2 }));
    try {
      const { operations } = await inFolder((folder) => live(folder, images));
      expect(operations).toBeGreaterThan(70);
      let kills = 0;
      for (let operation = 0; operation < operations; operation += stride) {
        await inFolder(async (folder) => {
          const { isKilled, isProgrammed } = await live(folder, images, operation);
          if (isKilled) kills++;
          await requireSound(folder, isProgrammed);
          expect(await live(folder, images)).toMatchObject({ isKilled: false, isProgrammed: true });
          const board = await openBoard(folder);
          const decision = await rom.boot(board);
          expect(decision.kind === 'start' && [versionText(decision.image.version), decision.mark]).toEqual([
            '2.0.0',
            'confirmed',
          ]);
          expect(await board.securityCounter.read()).toBe(2);
          await board.close();
        });
      }
      // A kill at one of the last operations may come when all is done.
      expect(kills).toBeGreaterThan(10);
    } finally {
      await rm(images, { recursive: true });
    }
  });
});

interface Life {
  readonly operations: number;
  readonly isKilled: boolean;
  /** Whether its slot was filled before it ended. */
  readonly isProgrammed: boolean;
}

/** A process that lives; it is killed when it tells that it begins the operation of that number. */
function live(folder: string, images: string, killAt = Infinity): Promise<Life> {
  const child = spawn(process.execPath, [program, folder, images, toHex(firstSigner.publicKey.publicKey)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let operations = 0;
  let [isProgrammed, isDone] = [false, false];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'programmed') isProgrammed = true;
    if (line === 'done') isDone = true;
    if (line === 'operation' && operations++ === killAt) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve({ operations, isKilled: !isDone, isProgrammed }));
  });
}

/** What a board has after a kill: none of it is half. */
async function requireSound(folder: string, isProgrammed: boolean): Promise<void> {
  const board = await openBoard(folder).catch((error: unknown) => {
    if (error instanceof SelvageError && error.code === 'file-not-found') return undefined;
    throw error;
  });
  if (board) await requireStarts(board, isProgrammed);
  else expect(isProgrammed).toBe(false);
}

async function requireStarts(board: FileBoard, isProgrammed: boolean): Promise<void> {
  expect(board.otp.damage).toBe(undefined);
  const decision = await rom.boot(board);
  if (decision.kind === 'off') expect(isProgrammed).toBe(false);
  else {
    const version = versionText(decision.image.version);
    expect(['1.0.0', '2.0.0']).toContain(version);
    expect(decision.image.payload).toEqual(payloadOf(version));
  }
  await board.close();
}

async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'selvage-killed-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
