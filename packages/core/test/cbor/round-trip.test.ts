import { type CborValue, decodeCbor, encodeCbor } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';

const letters = ['a', 'B', '7', '-', 'ü', '水', '𐅑'];

describe('random values', () => {
  it.each([1, 2, 3])('come back as they went, in bytes that do not change any more (seed %d)', (seed) => {
    const random = new SeededRandom(seed);
    for (let round = 0; round < 3000; round++) {
      const value = randomValue(random, 0);
      const written = encodeCbor(value);
      const read = decodeCbor(written);
      expect(read).toStrictEqual(value);
      expect(encodeCbor(read)).toEqual(written);
    }
  });
});

function randomValue(random: SeededRandom, depth: number): CborValue {
  switch (random.below(depth < 4 ? 11 : 8)) {
    case 0:
      return [null, undefined, true, false][random.below(4)];
    case 1:
      return randomInteger(random);
    case 2:
      return randomBigInt(random);
    case 3:
      return [NaN, Infinity, -Infinity, 1.5, 2 ** -24, 65504.5, 1e300][random.below(7)];
    case 4:
      return random.u32() / 2 ** random.below(60);
    case 5:
      return random.bytes(random.below(70));
    case 6:
    case 7:
      return randomText(random);
    case 8:
      return Array.from({ length: random.below(5) }, () => randomValue(random, depth + 1));
    default:
      return new Map(
        Array.from({ length: random.below(5) }, () => [
          random.chance(0.2) ? randomInteger(random) : randomText(random),
          randomValue(random, depth + 1),
        ]),
      );
  }
}

function randomInteger(random: SeededRandom): number {
  const size = Math.floor(random.unit() * 2 ** random.below(54));
  return random.chance(0.3) ? -1 - size : size;
}

/** 54 to 64 bits. */
function randomBigInt(random: SeededRandom): bigint {
  const size = BigInt.asUintN(
    54 + random.below(11),
    (1n << 53n) | (BigInt(random.u32()) << 32n) | BigInt(random.u32()),
  );
  return random.chance(0.3) ? -1n - (size | (1n << 53n)) : size | (1n << 53n);
}

function randomText(random: SeededRandom): string {
  const alphabet = random.chance(0.8) ? 3 : letters.length;
  const length = random.chance(0.1) ? random.below(80) : random.below(12);
  return Array.from({ length }, () => letters[random.below(alphabet)]).join('');
}
