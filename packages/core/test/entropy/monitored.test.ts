import { describe, expect, it } from 'vitest';
import { MonitoredEntropy, type RandomSource, systemEntropy, toHex } from '@selvage/core';
import { entropySuite, outcomeOf } from '@selvage/core/testing';
import { SeededRandom } from '@selvage/core/virtual';

const failing: RandomSource = () => {
  throw new TypeError('no random device');
};

entropySuite(
  { describe, it, expect },
  { name: 'systemEntropy', create: () => systemEntropy, createFailing: () => new MonitoredEntropy(failing) },
);
entropySuite(
  { describe, it, expect },
  {
    name: 'MonitoredEntropy',
    create: () => new MonitoredEntropy(sound(1)),
    createFailing: () => new MonitoredEntropy((target) => target.fill(0)),
  },
);

describe('the continuous health test', () => {
  const broken: Record<string, RandomSource> = {
    'all zero': (target) => target.fill(0),
    'all one': (target) => target.fill(0xff),
    'not written at all': () => undefined,
    'stuck at one byte': (target) => target.fill(0x5a),
    'one block for ever': (target) => target.forEach((_, i) => (target[i] = i % 16)),
    'two blocks in turn': (target) => target.forEach((_, i) => (target[i] = i % 32)),
    'written only in its first half': (target) => sound(3)(target.subarray(0, target.length / 2)),
  };

  it.each(Object.keys(broken))('fails a source that is %s, at the first draw', (name) => {
    const entropy = new MonitoredEntropy(broken[name]!);
    const target = new Uint8Array(48).fill(0xaa);
    expect(outcomeOf(() => entropy.fill(target))).toBe('entropy-failed');
    expect([entropy.failed, toHex(target)]).toEqual([true, '00'.repeat(48)]);
  });

  it('fails a source that starts over at every draw, at the second', () => {
    const entropy = new MonitoredEntropy((target) => sound('same')(target));
    entropy.fill(new Uint8Array(7));
    expect(outcomeOf(() => entropy.fill(new Uint8Array(100)))).toBe('entropy-failed');
  });

  it('fails a source that gets stuck later, though asked for one byte only', () => {
    const good = sound(4);
    let draws = 0;
    const entropy = new MonitoredEntropy((target) => (draws++ < 10 ? good(target) : target.fill(7)));
    for (let i = 0; i < 10; i++) entropy.fill(new Uint8Array(1));
    expect(outcomeOf(() => entropy.fill(new Uint8Array(1)))).toBe('entropy-failed');
  });

  it('finds one bad block in the midst of a large draw', () => {
    const good = sound(5);
    const entropy = new MonitoredEntropy((target) => {
      good(target);
      if (target.length > 4096) target.fill(0, 3200, 3216);
    });
    entropy.fill(new Uint8Array(1000));
    const target = new Uint8Array(200_000).fill(0xaa);
    expect(outcomeOf(() => entropy.fill(target))).toBe('entropy-failed');
    expect(target.every((byte) => byte === 0)).toBe(true);
  });

  it('stays failed when the source recovers, and asks it no more', () => {
    const good = sound(6);
    let draws = 0;
    const entropy = new MonitoredEntropy((target) => {
      if (draws++ === 0) throw new TypeError('busy');
      good(target);
    });
    for (let i = 0; i < 3; i++) expect(outcomeOf(() => entropy.fill(new Uint8Array(16)))).toBe('entropy-failed');
    expect(draws).toBe(1);
  });

  it('names the cause', () => {
    const entropy = new MonitoredEntropy(failing);
    expect(() => entropy.fill(new Uint8Array(1))).toThrow(
      expect.objectContaining({ code: 'entropy-failed', fault: 'ours', cause: new TypeError('no random device') }),
    );
  });

  it('passes 20,000 draws of a sound source', () => {
    const entropy = new MonitoredEntropy(sound(7));
    for (let i = 0; i < 20_000; i++) entropy.fill(new Uint8Array(32));
    expect(entropy.failed).toBe(false);
  });

  it('hands out no byte twice, and none of its test blocks', () => {
    const drawn: string[] = [];
    const good = sound(8);
    const entropy = new MonitoredEntropy((target) => {
      good(target);
      drawn.push(toHex(target));
    });
    const target = new Uint8Array(20);
    entropy.fill(target);
    expect(toHex(target)).toBe(drawn[0]?.slice(32, 72));
  });
});

function sound(seed: number | string): RandomSource {
  const random = new SeededRandom(seed);
  return (target) => random.fill(target);
}
