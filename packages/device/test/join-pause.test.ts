import { SelvageError } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { joinPause } from '../src/node/secure-world/join-pause.js';

const entropy = new SeededEntropy('pause');

function after(failure: string, step: string, tries: number): number {
  return joinPause(new SelvageError('join-failed', failure, { details: { failure, step } }), tries, entropy);
}

describe('the pause before a board tries again to join', () => {
  it('is short where nobody was found, longer where somebody turned it away, and doubles up to five minutes', () => {
    expect([0, 1, 2, 20].map((tries) => after('no-network', 'discovery', tries))).toEqual([250, 500, 1000, 300_000]);
    expect([0, 1, 20].map((tries) => after('flight-lost', 'handshake', tries))).toEqual([2000, 4000, 300_000]);
    expect([0, 1, 20].map((tries) => after('wrong-pskd', 'handshake', tries))).toEqual([10_000, 20_000, 300_000]);
  });

  it('stays below 40 s where a commissioner expects others first, and is drawn anew each time', () => {
    for (const [tries, least] of [
      [0, 5000],
      [1, 10_000],
      [2, 20_000],
      [20, 20_000],
    ] as const) {
      const drawn = Array.from({ length: 50 }, () => after('not-in-steering-data', 'discovery', tries));
      expect(Math.min(...drawn)).toBeGreaterThanOrEqual(least);
      expect(Math.max(...drawn)).toBeLessThan(2 * least);
      expect(new Set(drawn).size).toBeGreaterThan(20);
    }
  });
});
