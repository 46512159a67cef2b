import { describe, expect, it } from 'vitest';
import { outcomeOfPromise } from '@selvage/core/testing';
import type { Flash, FlashGeometry } from '@selvage/hardware';

/** Erased flash of {@link suiteGeometry}, and how to open it again as a new process would. */
export interface FlashHarness {
  readonly flash: Flash;
  readonly reopen: () => Promise<Flash>;
  readonly dispose: () => Promise<void>;
}

/** What the suite is run with. */
export const suiteGeometry: FlashGeometry = { size: 4096, eraseSize: 512, writeSize: 8 };

/** What every {@link Flash} must do. */
export function flashSuite(name: string, create: () => Promise<FlashHarness>): void {
  const test = (title: string, body: (harness: FlashHarness) => Promise<void>): void => {
    it(title, async () => {
      const harness = await create();
      try {
        await body(harness);
      } finally {
        await harness.dispose();
      }
    });
  };
  const bytes = (length: number, first = 0): Uint8Array => new Uint8Array(length).map((_, i) => (first + i) % 251);

  describe(`${name}: flash contract`, () => {
    test('is erased at first', async ({ flash }) => {
      expect([flash.size, flash.eraseSize, flash.writeSize]).toEqual([4096, 512, 8]);
      expect((await flash.read(0, 4096)).every((byte) => byte === 0xff)).toBe(true);
    });

    test('keeps what was written over a restart, and nothing else changed', async ({ flash, reopen }) => {
      await flash.write(8, bytes(1000));
      await flash.write(4088, bytes(8, 7));
      const again = await reopen();
      const expected = new Uint8Array(4096).fill(0xff);
      expected.set(bytes(1000), 8);
      expected.set(bytes(8, 7), 4088);
      expect(await again.read(0, 4096)).toEqual(expected);
    });

    test('refuses a write over bytes that are not erased, and writes nothing of it', async ({ flash }) => {
      await flash.write(16, bytes(8));
      for (const offset of [0, 8, 16]) {
        expect([offset, await outcomeOfPromise(flash.write(offset, bytes(24, 90)))]).toEqual([offset, 'wrong-state']);
      }
      expect(await flash.read(0, 16)).toEqual(new Uint8Array(16).fill(0xff));
      expect(await flash.read(16, 8)).toEqual(bytes(8));
      expect(await flash.read(24, 16)).toEqual(new Uint8Array(16).fill(0xff));
    });

    test('lets nobody set a bit that was cleared, nor the same bytes again', async ({ flash }) => {
      await flash.write(0, bytes(8));
      expect(await outcomeOfPromise(flash.write(0, bytes(8)))).toBe('wrong-state');
      expect(await outcomeOfPromise(flash.write(0, new Uint8Array(8)))).toBe('wrong-state');
    });

    test('erases whole blocks, which can be written again', async ({ flash, reopen }) => {
      await flash.write(0, bytes(2048));
      await flash.erase(512, 1024);
      const again = await reopen();
      expect(await again.read(0, 512)).toEqual(bytes(2048).subarray(0, 512));
      expect(await again.read(512, 1024)).toEqual(new Uint8Array(1024).fill(0xff));
      expect(await again.read(1536, 512)).toEqual(bytes(2048).subarray(1536));
      await again.write(512, bytes(8, 3));
      expect(await again.read(512, 8)).toEqual(bytes(8, 3));
    });

    test('refuses what is not whole units, or is outside', async ({ flash }) => {
      const outcomes = await Promise.all(
        [
          flash.write(4, bytes(8)),
          flash.write(0, bytes(7)),
          flash.write(4096, bytes(8)),
          flash.write(-8, bytes(8)),
          flash.erase(0, 256),
          flash.erase(256, 512),
          flash.erase(3584, 1024),
          flash.read(4090, 8),
          flash.read(-1, 1),
          flash.read(0.5, 1),
        ].map(outcomeOfPromise),
      );
      expect(outcomes).toEqual(Array(10).fill('invalid-argument'));
      expect((await flash.read(0, 4096)).every((byte) => byte === 0xff)).toBe(true);
    });

    test('shares no bytes with its callers', async ({ flash }) => {
      const mine = bytes(8);
      const writing = flash.write(0, mine);
      await writing;
      mine.fill(9);
      (await flash.read(0, 8)).fill(9);
      expect(await flash.read(0, 8)).toEqual(bytes(8));
    });
  });
}
