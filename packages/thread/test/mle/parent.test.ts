import { fromHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { linkQualityOf } from '../../src/mesh/link-quality.js';
import { isBetterParent, type ParentCandidate } from '../../src/mle/attach/parent-candidate.js';

const usual: ParentCandidate = {
  extended: fromHex('0200000000000001'),
  rloc16: 0x6c00,
  leader: { partitionId: 1, weighting: 64, dataVersion: 1, stableDataVersion: 1, leaderRouterId: 27 },
  keySequence: 0,
  linkFrameCounter: 0,
  mleFrameCounter: 0,
  version: 5,
  challenge: fromHex('0011223344556677'),
  linkMargin: 40,
  linkQuality: 3,
  connectivity: {
    idSequence: 1,
    activeRouters: 2,
    leaderCost: 1,
    priority: 0,
    linkQuality3: 1,
    linkQuality2: 1,
    linkQuality1: 1,
    sedBufferSize: 1280,
    sedDatagrams: 1,
  },
  heardAt: 0,
};

/** Each is better than `usual`, although all that counts less speaks for `usual`. */
const better: readonly (readonly [string, Partial<ParentCandidate>, Partial<ParentCandidate>])[] = [
  ['the better link', {}, { linkQuality: 2 }],
  ['a router before what would become one', { linkQuality: 3 }, { rloc16: 0x6c01 }],
  ['the higher priority', {}, { connectivity: { ...usual.connectivity, priority: -1, linkQuality3: 9 } }],
  ['more neighbours of quality 3', {}, { connectivity: { ...usual.connectivity, linkQuality3: 0 }, version: 9 }],
  ['the newer version', {}, { version: 4, connectivity: { ...usual.connectivity, sedBufferSize: 9000 } }],
  [
    'more room for sleepy children',
    {},
    { connectivity: { ...usual.connectivity, sedBufferSize: 1000, linkQuality2: 9 } },
  ],
  ['more neighbours of quality 2', {}, { connectivity: { ...usual.connectivity, linkQuality2: 0, linkQuality1: 9 } }],
  ['more neighbours of quality 1', {}, { connectivity: { ...usual.connectivity, linkQuality1: 0 }, linkMargin: 90 }],
  ['the larger margin', {}, { linkMargin: 30 }],
];

describe('a parent is chosen by, in this order (Thread 1.3 §4.5.3)', () => {
  it.each(better)('%s', (_name, one, other) => {
    const [a, b] = [
      { ...usual, ...one },
      { ...usual, ...other },
    ];
    expect(isBetterParent(a, b)).toBe(true);
    expect(isBetterParent(b, a)).toBe(false);
  });

  it('nothing else: of equals the first stays', () => {
    expect(isBetterParent({ ...usual, heardAt: 9 }, usual)).toBe(false);
  });
});

describe('link quality (Thread 1.3 §5.4.2)', () => {
  it('is 3 above 20 dB, 2 above 10, 1 above 2, and else 0', () => {
    expect([0, 2, 3, 10, 11, 20, 21, 80].map(linkQualityOf)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  });
});
