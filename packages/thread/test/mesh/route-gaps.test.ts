import { describe, expect, it } from 'vitest';
import { RouteGaps } from '../../src/mle/reed/route-gaps.js';

const second = 1000;

/** Two routers that are heard every 30 s, until an instant; the first says what its path to the other costs. */
function hear(gaps: RouteGaps, costs: readonly number[], jitter = 5 * second): number {
  let now = 0;
  for (const cost of costs) {
    gaps.heard(
      2,
      { idSequence: 1, routes: [{ routerId: 1, linkQualityIn: 0, linkQualityOut: 0, cost: 1 }] },
      () => 0,
      now,
    );
    const routes = [1, 2].map((routerId) => ({ routerId, linkQualityIn: 0, linkQualityOut: 0, cost }));
    gaps.heard(1, { idSequence: 1, routes }, () => jitter, now);
    now += 30 * second;
  }
  return now - 30 * second;
}

describe('routers that an end device hears have a gap between them (Thread 1.3 §5.9)', () => {
  it('where one says that no route leads to the other, for 70 s and a while of the own', () => {
    const gaps = new RouteGaps();
    hear(gaps, [0, 0, 0]);
    expect(gaps.deadline).toBe(75 * second);
    expect([gaps.isDue(74_999), gaps.isDue(75_000), gaps.isDue(75_000)]).toEqual([false, true, false]);
  });

  it('which waits anew where nothing came of it', () => {
    const gaps = new RouteGaps();
    hear(gaps, [0, 0, 0]);
    gaps.isDue(75_000);
    expect(gaps.deadline).toBe(Infinity);
    gaps.heard(
      1,
      { idSequence: 1, routes: [{ routerId: 2, linkQualityIn: 0, linkQualityOut: 0, cost: 0 }] },
      () => 0,
      90_000,
    );
    expect(gaps.deadline).toBe(160_000);
  });

  it.each([
    [9, Infinity],
    [10, 75 * second],
    [15, 75 * second],
  ])('or one that costs much: %d', (cost, deadline) => {
    const gaps = new RouteGaps();
    hear(gaps, [cost]);
    expect(gaps.deadline).toBe(deadline);
  });

  it('and none any more where a route was found, by another end device that did something about it', () => {
    const gaps = new RouteGaps();
    hear(gaps, [0, 0, 8]);
    expect(gaps.deadline).toBe(Infinity);
  });

  it('nor where the other is not heard, or no longer', () => {
    const gaps = new RouteGaps();
    const routes = [{ routerId: 3, linkQualityIn: 0, linkQualityOut: 0, cost: 0 }];
    gaps.heard(1, { idSequence: 1, routes }, () => 0, 0);
    expect(gaps.deadline).toBe(Infinity);
    hear(gaps, [0]);
    expect(gaps.isDue(75_000)).toBe(false);
  });

  it('nor elsewhere', () => {
    const gaps = new RouteGaps();
    hear(gaps, [0]);
    gaps.clear();
    expect(gaps.deadline).toBe(Infinity);
  });
});
