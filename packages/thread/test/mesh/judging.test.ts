import { describe, expect, it } from 'vitest';
import { nextLinkQuality } from '../../src/mesh/link-quality.js';
import { type AttachMode, isLookedFor } from '../../src/mle/attach/attach-mode.js';
import type { ParentCandidate } from '../../src/mle/attach/parent-candidate.js';
import { type DowngradeFacts, isDispensable, judgeDispensable } from '../../src/mle/router/downgrade.js';
import {
  type HeardPartition,
  judgeAdvertisement,
  type OwnPartition,
} from '../../src/mle/router/judge-advertisement.js';
import type { Route64 } from '../../src/mle/tlv/route64.js';
import { mostInterval, resetTrickle, startTrickle, stepTrickle, trickleDeadline } from '../../src/mle/trickle.js';

const leader = { partitionId: 100, weighting: 64, dataVersion: 1, stableDataVersion: 1, leaderRouterId: 1 };
const routes = [1, 2].map((routerId) => ({ routerId, linkQualityIn: 3, linkQualityOut: 3, cost: 1 }));
const route64 = { idSequence: 10, routes };
const own: OwnPartition = { leader, isSingleton: false, left: undefined };

function judge(heard: Partial<HeardPartition>, change: Partial<OwnPartition> = {}): string {
  return judgeAdvertisement({ leader, route64, margin: 40, isParent: false, ...heard }, { ...own, ...change });
}

describe('partitions are compared by (Thread 1.3 §5.16.6)', () => {
  it.each([
    ['weight', { leader: { ...leader, partitionId: 1, weighting: 65 } }, {}, 'better'],
    ['weight, above all', { leader: { ...leader, partitionId: 200, weighting: 63 } }, { isSingleton: true }, 'lesser'],
    ['more than one router', { leader: { ...leader, partitionId: 1 } }, { isSingleton: true }, 'better'],
    [
      'more than one router, above the id',
      { leader: { ...leader, partitionId: 200 }, route64: { idSequence: 1, routes: [] } },
      {},
      'lesser',
    ],
    [
      'id alone where an end device advertises, which does not say how many routers there are',
      { leader: { ...leader, partitionId: 101 }, route64: undefined },
      {},
      'better',
    ],
    ['id', { leader: { ...leader, partitionId: 101 } }, {}, 'better'],
    ['id, the greater one', { leader: { ...leader, partitionId: 99 } }, {}, 'lesser'],
  ] as const)('%s', (_name, heard, change, verdict) => {
    expect(judge(heard, change)).toBe(verdict);
  });

  it('but not where the advertisement is weak, or our parent goes there', () => {
    const better = { leader: { ...leader, partitionId: 101 } };
    expect(judge({ ...better, margin: 9 })).toBe('ignored');
    expect(judge({ ...better, isParent: true })).toBe('ignored');
  });

  it('nor where it is what is left of the partition that we left', () => {
    const better = { leader: { ...leader, partitionId: 101 } };
    expect(judge(better, { left: { partitionId: 101, idSequence: 10 } })).toBe('ignored');
    expect(judge(better, { left: { partitionId: 101, idSequence: 9 } })).toBe('better');
    // An end device does not say whether its leader is there: whoever answers the search does.
    expect(judge({ ...better, route64: undefined }, { left: { partitionId: 101, idSequence: 10 } })).toBe('better');
  });

  it('another leader of our own partition is a contradiction', () => {
    expect(judge({})).toBe('ours');
    expect(judge({ leader: { ...leader, leaderRouterId: 2 } })).toBe('other-leader');
  });
});

describe('a node that is in a partition looks for (Thread 1.3 §4.5)', () => {
  const candidate = (partitionId: number, idSequence: number, activeRouters = 2): ParentCandidate =>
    ({ leader: { ...leader, partitionId }, connectivity: { idSequence, activeRouters } }) as ParentCandidate;
  const at = { partitionId: 100, weighting: 64, isSingleton: false, idSequence: 10 };

  it.each<readonly [AttachMode, readonly boolean[]]>([
    ['same-partition', [false, true, false, false]],
    ['any-partition', [false, true, true, true]],
    ['better-partition', [false, false, true, false]],
    ['downgrade', [true, true, false, false]],
  ])('%s: of our own, of our own with news, of a greater one, of a lesser one', (mode, expected) => {
    const candidates = [candidate(100, 10), candidate(100, 11), candidate(101, 3), candidate(99, 3)];
    expect(candidates.map((each) => isLookedFor(mode, each, at))).toEqual(expected);
  });
});

describe('a router is dispensable (Thread 1.3 §5.9.9)', () => {
  const ids = [2, 3, 4, 5, 6, 7, 8] as const;
  type Qualities = Readonly<Record<number, 1 | 2 | 3>>;
  const all = (quality: 1 | 2 | 3): Qualities => Object.fromEntries(ids.map((id) => [id, quality]));
  const facts = (links: Qualities, change: Partial<DowngradeFacts> = {}): DowngradeFacts => ({
    ownRouterId: 1,
    activeRouters: 25,
    threshold: 23,
    children: 5,
    links: Object.entries(links).map(([id, quality]) => ({
      routerId: Number(id),
      extended: new Uint8Array(8),
      version: 5,
      qualityIn: quality,
      qualityOut: 3,
      heardAt: 0,
      since: 0,
    })),
    ...change,
  });
  const theirs = (links: Qualities): Route64 => ({
    idSequence: 1,
    routes: Object.entries(links).map(([id, quality]) => ({
      routerId: Number(id),
      linkQualityIn: 3,
      linkQualityOut: quality,
      cost: 1,
    })),
  });

  it.each([
    ['by a neighbour that hears all that it hears well, as well', facts(all(2)), all(2), true],
    ['and not with as many routers as there may be', facts(all(2), { activeRouters: 23 }), all(2), false],
    ['nor with three children for each router too many', facts(all(2), { children: 6 }), all(2), false],
    ['nor with six good links', facts({ ...all(2), 8: 1 }), all(3), false],
    ['nor where one of them is worse there', facts({ ...all(2), 8: 3 }), all(2), false],
    ['whatever its bad links are there', facts({ ...all(2), 9: 1 }), all(2), true],
    ['whatever the neighbour says of itself', facts({ ...all(3) }), { ...all(3), 2: 1 }, true],
  ] as const)('%s', (_name, own, route64, expected) => {
    expect(judgeDispensable(own, 2, theirs(route64))?.above).toBe(expected ? 23 : undefined);
  });

  const few = { 2: 3, 3: 3, 4: 1 } as const;
  const full = { activeRouters: 32, children: 0 };
  it.each([
    ['by a neighbour that hears all that it hears, and well what it hears well', few, full, { 3: 2, 4: 1 }, 31],
    ['and not by one that is heard badly itself', { ...few, 2: 1 }, full, few, undefined],
    ['nor where what it hears badly is not heard there', few, full, { 3: 3 }, undefined],
    ['nor where what it hears well is heard badly there', few, full, { 3: 1, 4: 1 }, undefined],
    ['nor with a child', few, { ...full, children: 1 }, few, undefined],
    ['nor while an id is left', few, { ...full, activeRouters: 31 }, few, undefined],
    ['and in any case where it is one of too many', all(2), { ...full, children: 5 }, all(2), 23],
  ] as const)('where every router id is given, %s', (_name, links, change, route64, expected) => {
    expect(judgeDispensable(facts(links, change), 2, theirs(route64))?.above).toBe(expected);
  });

  it('and no longer with a child that it took meanwhile, or with routers that are few meanwhile', () => {
    const stoodIn = judgeDispensable(facts(few, full), 2, theirs(few))!;
    expect([0, 1].map((children) => isDispensable(stoodIn, 32, children))).toEqual([true, false]);
    expect(isDispensable(stoodIn, 31, 0)).toBe(false);
    const oneOfMany = judgeDispensable(facts(all(2)), 2, theirs(all(2)))!;
    expect([5, 6].map((children) => isDispensable(oneOfMany, 25, children))).toEqual([true, false]);
    expect([2, 3].map((children) => isDispensable(oneOfMany, 24, children))).toEqual([true, false]);
  });
});

describe('link quality (Thread 1.3 §5.4.2)', () => {
  it('rises only where the margin is 2 dB above the edge, and falls at it', () => {
    expect([11, 12, 13].map((margin) => nextLinkQuality(1, margin))).toEqual([1, 1, 2]);
    expect([12, 11, 10].map((margin) => nextLinkQuality(2, margin))).toEqual([2, 2, 1]);
    expect(nextLinkQuality(0, 80)).toBe(3);
  });
});

describe('advertisements (Thread 1.3 §5.16, RFC 6206)', () => {
  it.each([
    [0, 12_000],
    [2, 12_000],
    [5, 24_000],
    [20, 32_000],
  ])('with %d good neighbours are at most %d ms apart', (neighbours, interval) => {
    expect(mostInterval(neighbours)).toBe(interval);
  });

  it('come in the second half of intervals that double, and soon again after a change', () => {
    let trickle = startTrickle(0, 0.5);
    const sent: number[] = [];
    for (let now = trickleDeadline(trickle); now < 60_000; now = trickleDeadline(trickle)) {
      const step = stepTrickle(trickle, now, 0.5, 12_000);
      trickle = step.trickle;
      if (step.send) sent.push(now);
    }
    expect(sent).toEqual([750, 2500, 6000, 13_000, 24_000, 36_000, 48_000]);
    const reset = resetTrickle(trickle, 60_000, 0.5);
    expect(trickleDeadline(reset)).toBe(60_750);
    expect(resetTrickle(reset, 60_100, 0.5)).toBe(reset);
  });
});
