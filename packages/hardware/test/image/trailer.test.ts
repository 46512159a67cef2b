import { toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { padImage, readImage, readTrailer, trailerLayout, trailerMagic, trailerSize } from '../../src/index.js';
import { vector } from './support/vectors.js';

describe('the trailer of a slot', () => {
  it('has the places that imgtool and MCUboot give it', () => {
    expect(trailerLayout(16_384)).toMatchObject({
      magic: 16_368,
      imageOk: 16_360,
      copyDone: 16_352,
      swapInfo: 16_344,
      swapSize: 16_336,
    });
    expect(trailerLayout(6144, 32)).toMatchObject({
      magic: 6128,
      imageOk: 6080,
      copyDone: 6048,
      swapInfo: 6016,
      swapSize: 5984,
    });
    expect(trailerLayout(6144, 16)).toMatchObject({ magic: 6128, imageOk: 6112, copyDone: 6096 });
  });

  it.each([
    ['13-p256-pad-confirmed', 16_384, 8, 'set'],
    ['14-p256-pad-test', 16_384, 8, 'unset'],
    ['15-p256-pad-maxalign32', 6144, 32, 'set'],
  ] as const)('of %s is read', (name, size, maxAlign, imageOk) => {
    const trailer = readTrailer(vector(`${name}.bin`), trailerLayout(size, maxAlign));
    expect(trailer).toEqual({ magic: 'good', imageOk, copyDone: 'unset' });
  });

  it.each([
    ['13-p256-pad-confirmed', { slotSize: 16_384, align: 4, maxSectors: 4 }, 'confirm'],
    ['14-p256-pad-test', { slotSize: 16_384, align: 4, maxSectors: 4 }, 'test'],
    ['15-p256-pad-maxalign32', { slotSize: 6144, align: 4, maxAlign: 32, maxSectors: 4 }, 'confirm'],
  ] as const)('is written as imgtool wrote %s', (name, slot, request) => {
    const whole = vector(`${name}.bin`);
    expect(toHex(padImage(whole.subarray(0, readImage(whole).end), slot, request))).toBe(toHex(whole));
  });

  it('is erased, good or neither; a flag is erased, 1 or neither', () => {
    const layout = trailerLayout(256);
    const slot = new Uint8Array(256).fill(0xff);
    expect(readTrailer(slot, layout)).toEqual({ magic: 'unset', imageOk: 'unset', copyDone: 'unset' });
    slot.set(trailerMagic(8), layout.magic);
    slot[layout.imageOk] = 0x00;
    slot[layout.copyDone] = 0x01;
    expect(readTrailer(slot, layout)).toEqual({ magic: 'good', imageOk: 'bad', copyDone: 'set' });
    slot[255] = 0x00;
    expect(readTrailer(slot, layout).magic).toBe('bad');
    expect(readTrailer(slot, trailerLayout(256, 16)).magic).toBe('bad');
  });

  it('is as long as what a loader writes there', () => {
    expect(trailerSize({ slotSize: 0 })).toBe(128 * 3 + 32 + 16);
    expect(trailerSize({ slotSize: 0, align: 8, maxSectors: 4, encrypted: true })).toBe(4 * 3 * 8 + 32 + 32 + 16);
    expect(trailerSize({ slotSize: 0, align: 32, maxSectors: 4 })).toBe(4 * 3 * 32 + 4 * 32 + 32);
    expect(trailerSize({ slotSize: 0, overwriteOnly: true })).toBe(32);
  });

  it('has no image in it: what does not fit is refused with the sizes', () => {
    const image = vector('01-p256.bin');
    const options = { slotSize: 1183 + 96, align: 4, maxSectors: 4 } as const;
    expect(padImage(image, options)).toHaveLength(1279);
    expect(() => padImage(image, { ...options, slotSize: 1278 })).toThrow(
      'an image of 1183 bytes and a trailer of 96 do not fit a slot of 1278',
    );
    expect(() => trailerLayout(40)).toThrow('no room for a trailer');
  });
});
