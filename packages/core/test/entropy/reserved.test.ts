import { describe, expect, it } from 'vitest';
import { MonitoredEntropy, type RandomSource, SelvageError, toHex } from '@selvage/core';
import { entropySuite, outcomeOf } from '@selvage/core/testing';
import { SeededRandom } from '@selvage/core/virtual';
import { ReservedEntropy } from '../../src/entropy/reserved.js';

entropySuite(
  { describe, it, expect },
  {
    name: 'ReservedEntropy',
    create: () => new ReservedEntropy(new MonitoredEntropy(sound(1))),
    createFailing: () => new ReservedEntropy(new MonitoredEntropy((target) => target.fill(0))),
  },
);

describe('entropy drawn ahead', () => {
  it('asks the source once for many short fills, and hands out no byte twice', () => {
    const drawn: Uint8Array[] = [];
    const entropy = new ReservedEntropy({
      fill(target) {
        sound(2 + drawn.length)(target as Uint8Array<ArrayBuffer>);
        drawn.push(target.slice());
      },
    });
    const handed: string[] = [];
    for (let i = 0; i < 128; i++) handed.push(next(entropy, 16));
    expect(drawn.length).toBe(1);
    expect(handed.join('')).toBe(toHex(drawn[0] as Uint8Array));
    expect(next(entropy, 16)).toBe(toHex((drawn[1] as Uint8Array).subarray(0, 16)));
  });

  it('forgets what it has handed out', () => {
    let reserve = new Uint8Array(0);
    const entropy = new ReservedEntropy({
      fill(target) {
        reserve = target as Uint8Array<ArrayBuffer>;
        sound(3)(reserve);
      },
    });
    entropy.fill(new Uint8Array(48));
    expect(toHex(reserve.subarray(0, 48))).toBe('00'.repeat(48));
    expect(toHex(reserve.subarray(48, 80))).not.toBe('00'.repeat(32));
  });

  it('gives zeros and the error when a later draw fails, and again after that', () => {
    let draws = 0;
    const good = sound(4);
    const entropy = new ReservedEntropy(
      new MonitoredEntropy((target) => {
        if (draws++ > 0) throw new SelvageError('entropy-failed', 'gone');
        good(target);
      }),
    );
    for (let i = 0; i < 16; i++) entropy.fill(new Uint8Array(128));
    for (let i = 0; i < 2; i++) {
      const target = new Uint8Array(32).fill(0xaa);
      expect([outcomeOf(() => entropy.fill(target)), toHex(target)]).toEqual(['entropy-failed', '00'.repeat(32)]);
    }
  });
});

function next(entropy: ReservedEntropy, length: number): string {
  const target = new Uint8Array(length);
  entropy.fill(target);
  return toHex(target);
}

function sound(seed: number): RandomSource {
  const random = new SeededRandom(seed);
  return (target) => random.fill(target);
}
