import { type CborValue, decodeCbor, encodeCbor, SelvageError, toHex } from '@selvage/core';
import { mutate } from '@selvage/core/testing';
import { SeededRandom } from '@selvage/core/virtual';
import { decode, encode } from 'cborg';
import { describe, expect, it } from 'vitest';

const readByCborg = (bytes: Uint8Array): unknown => decode(bytes, { useMaps: true, rejectDuplicateMapKeys: true });
const letters = ['a', 'B', '7', '-', 'ü', '水', '𐅑'];

describe('CBOR beside cborg', () => {
  it.each([1, 2, 3])('reads what cborg writes and writes what cborg reads (seed %d)', (seed) => {
    const random = new SeededRandom(seed);
    for (let round = 0; round < 3000; round++) {
      const value = randomValue(random, 0);
      const ours = encodeCbor(value);
      expect(readByCborg(ours)).toStrictEqual(value);
      expect(decodeCbor(ours)).toStrictEqual(value);
      // cborg sorts keys, so that only the lengths can be compared.
      const theirs = encode(value);
      expect(decodeCbor(theirs)).toEqual(value);
      expect({ round, length: ours.length }).toEqual({ round, length: theirs.length });
    }
  });

  it.each([4, 5, 6])('judges damaged bytes as cborg does, but for what only one of them looks at (seed %d)', (seed) => {
    const random = new SeededRandom(seed);
    const differences: string[] = [];
    let agreed = 0;
    for (let round = 0; round < 20_000; round++) {
      const bytes = mutate(encodeCbor(randomValue(random, 0)), random);
      const [ours, theirs] = [judged(decodeCbor, bytes), judged(readByCborg, bytes)];
      if (ours === theirs || (isRefused(ours) && isRefused(theirs))) agreed++;
      else if (!isKnownDifference(ours, theirs)) differences.push(`${toHex(bytes)}: ${ours} | ${theirs}`);
    }
    expect(differences).toEqual([]);
    expect(agreed).toBeGreaterThan(17_000);
  });
});

/** The value in words, or `refused` and why. */
function judged(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): string {
  try {
    return shown(read(bytes));
  } catch (error) {
    return `refused: ${error instanceof SelvageError ? `${error.code}, ` : ''}${(error as Error).message}`;
  }
}

/**
 * cborg 6.1.5 puts U+FFFD for what is not UTF-8, takes any value for a key, takes no strings in chunks, and lets a break
 * end a map of definite length, of which it makes a symbol.
 */
function isKnownDifference(ours: string, theirs: string): boolean {
  if (ours.includes('not UTF-8') || ours.includes('neither text nor')) return true;
  if (theirs.includes('symbol Symbol(BREAK)')) return true;
  return theirs.includes('indefinite length bytes/strings are not supported');
}

function isRefused(judgement: string): boolean {
  return judgement.startsWith('refused');
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `h'${toHex(value)}'`;
  if (Array.isArray(value)) return `[${value.map(shown).join()}]`;
  if (value instanceof Map) return `{${[...value].map(([key, item]) => `${shown(key)}:${shown(item)}`).join()}}`;
  return `${typeof value} ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`;
}

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
