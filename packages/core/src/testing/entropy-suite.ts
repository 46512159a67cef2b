import { toHex } from '../bytes/hex.js';
import type { Entropy } from '../ports.js';
import type { TestFunctions } from './harness.js';
import { outcomeOf } from './outcome.js';

/** What every {@link Entropy} must do. */
export function entropySuite(
  { describe, it, expect }: TestFunctions,
  options: {
    readonly name: string;
    /** A source with at least 200,000 good bytes. */
    readonly create: () => Entropy;
    /** A source of the same kind that fails at its first use. */
    readonly createFailing?: () => Entropy;
  },
): void {
  const { createFailing } = options;

  describe(`${options.name}: entropy contract`, () => {
    it('fills the whole target, whatever its length', () => {
      const entropy = options.create();
      for (const length of [1, 2, 15, 16, 17, 32, 33, 100]) {
        // A byte stays zero in all of eight draws once in 2^64.
        const seen = new Uint8Array(length);
        for (let draw = 0; draw < 8; draw++) {
          const target = new Uint8Array(length);
          entropy.fill(target);
          target.forEach((byte, i) => (seen[i] = (seen[i] as number) | byte));
        }
        expect({ length, untouched: seen.indexOf(0) }).toEqual({ length, untouched: -1 });
      }
    });

    it('fills more than one call of getRandomValues gives', () => {
      const target = new Uint8Array(150_000);
      options.create().fill(target);
      const halves = [target.subarray(0, 32), target.subarray(-32)].map((part) => toHex(part));
      expect(halves.some((half) => /^0+$/.test(half)) || halves[0] === halves[1]).toBe(false);
    });

    it('writes nothing outside the target', () => {
      const bytes = new Uint8Array(48);
      options.create().fill(bytes.subarray(16, 32));
      expect([...bytes.subarray(0, 16), ...bytes.subarray(32)].every((byte) => byte === 0)).toBe(true);
    });

    it('takes an empty target', () => {
      expect(outcomeOf(() => options.create().fill(new Uint8Array(0)))).toBe('returned');
    });

    it('gives other bytes at every draw', () => {
      const entropy = options.create();
      const draws = Array.from({ length: 100 }, () => {
        const target = new Uint8Array(16);
        entropy.fill(target);
        return toHex(target);
      });
      expect(new Set(draws).size).toBe(draws.length);
    });

    if (createFailing === undefined) return;

    it('fails for good, and leaves zeros in the target', () => {
      const entropy = createFailing();
      for (let attempt = 0; attempt < 3; attempt++) {
        const target = new Uint8Array(16).fill(0xaa);
        expect(outcomeOf(() => entropy.fill(target))).toBe('entropy-failed');
        if (attempt === 0) expect(toHex(target)).toBe('00'.repeat(16));
      }
    });
  });
}
