import { SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { RouterTable } from '../../src/mesh/router-table.js';
import { Leader, solicitStatus } from '../../src/mle/leader/leader.js';
import { judgeDispensable } from '../../src/mle/router/downgrade.js';

const device = (number: number): Uint8Array => Uint8Array.of(2, 0, 0, 0, 0, 0, 0, number);
const { tooFewRouters, childIdRequest } = solicitStatus;

function lead(upgradeThreshold = 16): {
  readonly leader: Leader;
  readonly table: RouterTable;
  readonly changes: string[];
} {
  const changes: string[] = [];
  const table = new RouterTable();
  const leader = new Leader({
    entropy: new SeededEntropy('ids'),
    table,
    extended: device(0),
    upgradeThreshold,
    weighting: 64,
    routerId: 5,
    onIds: ({ added, removed }) => changes.push(`+${added.join()} -${removed.join()}`),
    now: 0,
  });
  table.place({ rloc16: 5 << 10, leaderRouterId: 5 });
  return { leader, table, changes };
}

describe('router ids (Thread 1.3 §5.9.9, §5.9.10)', () => {
  it('are given as they are wanted, again to whoever has one, and shown by the id sequence', () => {
    const { leader, table, changes } = lead();
    const before = table.idSequence;
    const ask = { extended: device(1), status: tooFewRouters, wanted: 9 };
    expect(leader.solicit(ask, 0)).toMatchObject({ status: 0, rloc16: 0x2400, ids: [5, 9] });
    expect(leader.solicit({ ...ask, wanted: 10 }, 1)).toMatchObject({ status: 0, rloc16: 0x2400 });
    expect((table.idSequence - before) & 0xff).toBe(1);
    expect(changes).toEqual(['+9 -']);
    expect(leader.solicit({ ...ask, extended: device(2) }, 2)).not.toMatchObject({ rloc16: 0x2400 });
  });

  it('are enough at 16 for whoever only wants one, and 32 in all', () => {
    const { leader } = lead();
    for (let i = 1; i < 16; i++) {
      expect(leader.solicit({ extended: device(i), status: tooFewRouters, wanted: undefined }, 0).status).toBe(0);
    }
    expect(leader.solicit({ extended: device(16), status: tooFewRouters, wanted: undefined }, 0).status).toBe(1);
    for (let i = 16; i < 32; i++) {
      expect(leader.solicit({ extended: device(i), status: childIdRequest, wanted: undefined }, 0).status).toBe(0);
    }
    expect(leader.solicit({ extended: device(32), status: childIdRequest, wanted: undefined }, 0).status).toBe(1);
    expect(leader.solicit({ extended: device(33), status: 9, wanted: undefined }, 0).status).toBe(6);
  });

  it('are given up by their owner alone, and not given again for 100 s', () => {
    const { leader } = lead();
    leader.solicit({ extended: device(1), status: tooFewRouters, wanted: 9 }, 0);
    expect(leader.release(device(2), 0x2400, 0)).toBe(false);
    expect(leader.release(device(0), 5 << 10, 0)).toBe(false);
    expect(leader.release(device(1), 0x2400, 0)).toBe(true);
    const again = { extended: device(3), status: tooFewRouters, wanted: 9 };
    expect(leader.solicit(again, 99_999)).not.toMatchObject({ rloc16: 0x2400 });
    leader.release(device(3), (leader.ids.idOf(device(3)) ?? 0) << 10, 99_999);
    expect(leader.solicit(again, 100_000)).toMatchObject({ rloc16: 0x2400 });
  });

  it('are taken back 90 s after the last route is gone; the id sequence moves on every 10 s', () => {
    const { leader, table } = lead();
    leader.solicit({ extended: device(1), status: tooFewRouters, wanted: 9 }, 0);
    const before = table.idSequence;
    for (let now = 0; now < 95_000; now = Math.max(now + 1, leader.deadline)) leader.tick(now);
    expect(table.ids).toEqual([5]);
    expect((table.idSequence - before) & 0xff).toBe(9);
  });
});

describe('a router is not needed (Thread 1.3 §5.9.9)', () => {
  const links = Array.from({ length: 7 }, (_, routerId) => ({
    routerId,
    extended: device(routerId),
    version: 5,
    qualityIn: 3 as const,
    qualityOut: 2 as const,
    heardAt: 0,
    since: 0,
  }));
  const facts = { ownRouterId: 50, activeRouters: 24, threshold: 23, children: 2, links };
  const reaches = (quality: number) => ({
    idSequence: 1,
    routes: links.map(({ routerId }) => ({ routerId, linkQualityIn: quality, linkQualityOut: quality, cost: 1 })),
  });

  it('where there are too many, it has few children, and a neighbour reaches all that it reaches', () => {
    expect(judgeDispensable(facts, 0, reaches(2))?.above).toBe(23);
  });

  it.each([
    ['routers are not too many', { ...facts, activeRouters: 23 }, 2],
    ['it has children enough', { ...facts, children: 3 }, 2],
    ['it has few good links', { ...facts, links: links.slice(1) }, 2],
    ['the neighbour reaches them less well', facts, 1],
  ] as const)('but not where %s', (_name, changed, quality) => {
    expect(judgeDispensable(changed, 0, reaches(quality))).toBeUndefined();
  });
});

describe('a leader that was restarted (Thread 1.3 §4.7.7)', () => {
  it('goes on with an id sequence that is newer than whatever anybody has, though who told it was not the first to know', () => {
    const table = new RouterTable();
    table.setIds(100, [5, 9], 0);
    const goesOn = { partitionId: 1, weighting: 64, dataVersion: 1, stableDataVersion: 1, leaderRouterId: 5 };
    const entropy = new SeededEntropy('ids');
    const parts = { entropy, table, extended: device(0), upgradeThreshold: 16, weighting: 64, onIds: () => undefined };
    const leader = new Leader({ ...parts, routerId: 5, goesOn, now: 0 });
    const answer = leader.solicit({ extended: device(1), status: childIdRequest, wanted: 20 }, 0);
    expect(answer).toMatchObject({ status: 0, rloc16: 20 << 10, ids: [5, 9, 20] });
    // Two minutes of sequences, as a neighbour of ours may have been behind in a storm.
    for (let missed = 0; missed <= 12; missed++) {
      const other = new RouterTable();
      other.setIds(100 + missed, [5, 9], 0);
      expect(other.isNewer(table.idSequence)).toBe(true);
    }
  });
});
