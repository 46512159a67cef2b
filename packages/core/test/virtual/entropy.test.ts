import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '@selvage/core';
import { entropySuite, outcomeOf } from '@selvage/core/testing';
import { FailingEntropy, FixedEntropy, SeededEntropy, SeededRandom } from '@selvage/core/virtual';

const test = { describe, it, expect };
entropySuite(test, {
  name: 'SeededEntropy',
  create: () => new SeededEntropy(1),
  createFailing: () => new FailingEntropy(),
});
entropySuite(test, {
  name: 'FixedEntropy',
  create: () => new FixedEntropy(new SeededRandom(2).bytes(200_000)),
  createFailing: () => new FixedEntropy(new Uint8Array(15).fill(1)),
});

describe('SeededEntropy', () => {
  it('replays from its seed, for good: recorded worlds depend on these bytes', () => {
    expect(draw(new SeededEntropy(7), 16)).toBe('f7177a08f6d2d264aabf3dd42f96c578');
    expect(draw(new SeededEntropy('joiner'), 16)).toBe('1203938151cdbc9f1cde389d3a098d11');
  });

  it('prints its seed, and says that it is predictable', () => {
    const entropy = new SeededEntropy(7).fork('joiner');
    expect(String(entropy)).toBe('SeededEntropy(seed=7/joiner)');
    expect([entropy.seed, entropy.predictable]).toEqual(['7/joiner', true]);
  });

  it('forks into sources that do not depend on what the others draw', () => {
    const world = new SeededEntropy(7);
    const early = draw(world.fork('a'), 16);
    draw(world, 100);
    expect(draw(world.fork('a'), 16)).toBe(early);
    expect(draw(world.fork('b'), 16)).not.toBe(early);
  });
});

describe('FixedEntropy', () => {
  it('plays its bytes back in order', () => {
    const entropy = new FixedEntropy(fromHex('0102030405'));
    expect([draw(entropy, 2), draw(entropy, 3), entropy.remaining]).toEqual(['0102', '030405', 0]);
  });

  it('fails when asked for more than is left, and from then on always', () => {
    const entropy = new FixedEntropy(fromHex('0102030405'));
    expect(outcomeOf(() => draw(entropy, 6))).toBe('entropy-failed');
    expect(outcomeOf(() => draw(entropy, 1))).toBe('entropy-failed');
  });
});

describe('FailingEntropy', () => {
  it('fails after as many good draws as it is told', () => {
    const entropy = new FailingEntropy(new SeededEntropy(1), 2);
    const outcomes = [1, 2, 3, 4].map(() => outcomeOf(() => draw(entropy, 4)));
    expect(outcomes).toEqual(['returned', 'returned', 'entropy-failed', 'entropy-failed']);
  });
});

describe('SeededRandom', () => {
  it('is evenly spread: each bit of 32,000 words is set in half of them, within 5 sigma', () => {
    const random = new SeededRandom('bits');
    const set = new Array<number>(32).fill(0);
    for (let i = 0; i < 32_000; i++) {
      const word = random.u32();
      for (let bit = 0; bit < 32; bit++) set[bit] = (set[bit] as number) + ((word >>> bit) & 1);
    }
    for (const count of set) expect(Math.abs(count - 16_000)).toBeLessThan(5 * Math.sqrt(32_000 / 4));
  });

  it('draws whole numbers below a limit, all of them', () => {
    const random = new SeededRandom(3);
    const seen = new Set(Array.from({ length: 1000 }, () => random.below(10)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('differs for seeds that are alike', () => {
    const seeds = [0, 1, 2, '01', '1/0', '10', ''];
    expect(new Set(seeds.map((seed) => toHex(new SeededRandom(seed).bytes(8)))).size).toBe(seeds.length);
  });
});

function draw(entropy: { fill(target: Uint8Array): void }, length: number): string {
  const target = new Uint8Array(length);
  entropy.fill(target);
  return toHex(target);
}
