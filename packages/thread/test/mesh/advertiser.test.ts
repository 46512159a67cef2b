import { SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { Advertiser } from '../../src/mle/router/advertiser.js';

const minute = 60_000;

function endDevice(): Advertiser {
  const advertiser = new Advertiser(new SeededEntropy('advertiser'), () => 0);
  advertiser.startEndDevice(0);
  return advertiser;
}

describe('an end device that could be a router advertises (Thread 1.3 §5.16)', () => {
  it('every ten minutes', () => {
    const advertiser = endDevice();
    for (let turn = 0, before = 0; turn < 10; turn++) {
      const { deadline } = advertiser;
      expect(deadline - before).toBeGreaterThanOrEqual(9.5 * minute);
      expect(deadline - before).toBeLessThanOrEqual(10.5 * minute);
      expect(advertiser.tick(deadline - 1)).toBe(false);
      expect(advertiser.tick(deadline)).toBe(true);
      before = deadline;
    }
  });

  it('and within 4 s where a lesser partition is heard, but not more than every half minute however often that is', () => {
    const advertiser = endDevice();
    const sent: number[] = [];
    for (let now = 0; now <= 3 * minute; now += 100) {
      advertiser.hurry(now);
      if (advertiser.tick(now)) sent.push(now);
    }
    expect(sent).toHaveLength(5);
    for (const [i, at] of sent.entries()) {
      const since = at - (sent[i - 1] ?? 0);
      expect(since).toBeGreaterThanOrEqual(30_000);
      expect(since).toBeLessThanOrEqual(34_100);
    }
  });

  it('while a router, or one that is silent, is hurried by nobody', () => {
    const advertiser = new Advertiser(new SeededEntropy('advertiser'), () => 0);
    advertiser.hurry(minute);
    expect(advertiser.deadline).toBe(Infinity);
    advertiser.startRouter(0);
    const { deadline } = advertiser;
    advertiser.hurry(minute);
    expect(advertiser.deadline).toBe(deadline);
  });
});
