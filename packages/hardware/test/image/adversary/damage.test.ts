import { concat, toHex } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { mutate } from '@selvage/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { verifyImage, type VerifyOptions } from '../../../src/index.js';
import { goodImages, verdict } from '../support/forge.js';

const exhaustive = 64;

describe.each(['P-256', 'Ed25519', 'P-256, encrypted'])('a good image of %s', (name) => {
  let bytes: Uint8Array;
  let options: VerifyOptions;
  beforeAll(async () => {
    ({ bytes, options } = (await goodImages()).find((image) => image.name === name)!);
  });

  it('verifies', () => {
    expect(verdict(bytes, options)).toBe('accepted');
  });

  it('never verifies with a byte changed: all values of the first 64, every bit of all others', () => {
    const accepted: string[] = [];
    let count = 0;
    const damaged = bytes.slice();
    const attempt = (at: number, flip: number): void => {
      damaged[at] = (bytes[at] as number) ^ flip;
      if (verdict(damaged, options) === 'accepted') accepted.push(`byte ${at} ^ ${flip}`);
      damaged[at] = bytes[at] as number;
      count++;
    };
    for (let at = 0; at < bytes.length; at++) {
      if (at < exhaustive) for (let flip = 1; flip < 256; flip++) attempt(at, flip);
      else for (let bit = 0; bit < 8; bit++) attempt(at, 1 << bit);
    }
    expect(accepted).toEqual([]);
    expect(count).toBe(exhaustive * 255 + (bytes.length - exhaustive) * 8);
    expect(bytes.length).toBeGreaterThan(230);
  });

  it('never verifies cut off at any byte', () => {
    const accepted: number[] = [];
    for (let length = 0; length < bytes.length; length++) {
      if (verdict(bytes.subarray(0, length), options) === 'accepted') accepted.push(length);
    }
    expect(accepted).toEqual([]);
  });

  it('verifies as the same image whatever stands behind it, which is no part of it', () => {
    const digest = toHex(verifyImage(bytes, options).digest);
    for (const rest of [Uint8Array.of(0), bytes, new Uint8Array(4096).fill(0xff)]) {
      const verified = verifyImage(concat(bytes, rest), options);
      expect(toHex(verified.digest)).toBe(digest);
      expect(verified.length).toBe(bytes.length);
    }
  });

  it('never verifies with a byte put in or left out', () => {
    const accepted: string[] = [];
    for (let at = 0; at < bytes.length; at++) {
      const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
      if (verdict(concat(before, Uint8Array.of(0x5a), after), options) === 'accepted') accepted.push(`in at ${at}`);
      if (verdict(concat(before, bytes.subarray(at + 1)), options) === 'accepted') accepted.push(`out at ${at}`);
    }
    expect(accepted).toEqual([]);
  });

  it('verifies as nothing else after random damage (seed in the failure)', () => {
    const seed = process.env['SELVAGE_SEED'] ?? `damage of ${name}`;
    const random = new SeededRandom(seed);
    const digest = toHex(verifyImage(bytes, options).digest);
    for (let round = 0; round < 2000; round++) {
      const damaged = mutate(mutate(bytes, random), random);
      if (verdict(damaged, options) !== 'accepted') continue;
      // Damage behind the end, or that undoes itself, leaves the image as it was.
      const found = toHex(damaged.subarray(0, bytes.length)) === toHex(bytes) ? digest : 'another image';
      expect({ seed, round, found }).toEqual({ seed, round, found: digest });
    }
  });

  it('is refused when random bytes stand in for it (seed in the failure)', () => {
    const seed = process.env['SELVAGE_SEED'] ?? `noise for ${name}`;
    const random = new SeededRandom(seed);
    for (let round = 0; round < 2000; round++) {
      const noise = random.bytes(random.below(2 * bytes.length));
      // Half of them begin as an image does, so that they get further.
      if (round % 2 === 0) noise.set(bytes.subarray(0, Math.min(noise.length, random.below(bytes.length))));
      const isWhole = toHex(noise.subarray(0, bytes.length)) === toHex(bytes);
      expect({ seed, round, refused: verdict(noise, options) !== 'accepted' }).toEqual({
        seed,
        round,
        refused: !isWhole,
      });
    }
  });
});
