import { describe, expect, it } from 'vitest';
import { outcomeOf, outcomeOfPromise } from '@selvage/core/testing';
import { VirtualFlash, VirtualPower } from '@selvage/hardware/virtual';
import { flashSuite, suiteGeometry } from './flash-suite.js';

flashSuite('VirtualFlash', async () => {
  const flash = new VirtualFlash(suiteGeometry, new VirtualPower());
  return { flash, reopen: () => Promise.resolve(flash), dispose: () => Promise.resolve() };
});

describe('virtual flash', () => {
  it('refuses a geometry that does not divide evenly', () => {
    for (const wrong of [{ size: 4000 }, { eraseSize: 12 }, { writeSize: 0 }, { writeSize: 1.5 }, { size: -512 }]) {
      const outcome = outcomeOf(() => new VirtualFlash({ ...suiteGeometry, ...wrong }, new VirtualPower()));
      expect([wrong, outcome]).toEqual([wrong, 'invalid-argument']);
    }
  });

  it('fails from a power cut on until the power is back, and keeps what was written before', async () => {
    const power = new VirtualPower();
    const flash = new VirtualFlash(suiteGeometry, power);
    await flash.write(0, new Uint8Array(8));
    power.cutAt({ operation: 1, moment: 'before' });
    expect(await outcomeOfPromise(flash.write(8, new Uint8Array(8)))).toBe('store-failed');
    expect(await outcomeOfPromise(flash.read(0, 8))).toBe('store-failed');
    expect(await outcomeOfPromise(flash.erase(0, 512))).toBe('store-failed');
    power.restore();
    expect(await flash.read(0, 16)).toEqual(
      new Uint8Array([...Array<number>(8).fill(0), ...Array<number>(8).fill(255)]),
    );
  });

  it('tears a write in its middle: first units whole, one with some of its bits, the rest erased', async () => {
    const power = new VirtualPower();
    const flash = new VirtualFlash(suiteGeometry, power);
    power.cutAt({ operation: 0, moment: 'torn' });
    expect(await outcomeOfPromise(flash.write(0, new Uint8Array(80)))).toBe('store-failed');
    power.restore();
    const bytes = await flash.read(0, 80);
    expect(bytes.subarray(0, 40).every((byte) => byte === 0)).toBe(true);
    expect(bytes.subarray(40, 48).some((byte) => byte !== 0 && byte !== 0xff)).toBe(true);
    expect(bytes.subarray(48).every((byte) => byte === 0xff)).toBe(true);
  });

  it('counts an erasure by blocks, and tears one of them', async () => {
    const power = new VirtualPower();
    const flash = new VirtualFlash(suiteGeometry, power);
    await flash.write(0, new Uint8Array(2048));
    power.cutAt({ operation: 2, moment: 'torn' });
    expect(await outcomeOfPromise(flash.erase(0, 2048))).toBe('store-failed');
    power.restore();
    const bytes = await flash.read(0, 2048);
    expect(bytes.subarray(0, 512 + 256).every((byte) => byte === 0xff)).toBe(true);
    expect(bytes.subarray(768, 1024).some((byte) => byte !== 0 && byte !== 0xff)).toBe(true);
    expect(bytes.subarray(1024).every((byte) => byte === 0)).toBe(true);
  });
});
