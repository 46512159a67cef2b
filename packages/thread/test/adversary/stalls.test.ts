import { describe, expect, it } from 'vitest';
import { JoinRoom } from '../support/join-room.js';

/** What a joiner says, one after the other; whoever falls silent before it, how its join ends, and in which words. */
const stallers = [
  { name: 'ClientHello', index: 0, ofJoiners: ['flight-lost'], atCommissioner: [] },
  { name: 'ClientHello with its cookie', index: 1, ofJoiners: ['flight-lost'], atCommissioner: [] },
  {
    name: 'ClientKeyExchange to Finished',
    index: 2,
    ofJoiners: ['flight-lost'],
    atCommissioner: ['flight-lost', 'session-limit'],
  },
  {
    name: 'JOIN_FIN',
    index: 3,
    ofJoiners: ['flight-lost', 'timed-out'],
    atCommissioner: ['session-limit', 'timed-out'],
  },
  { name: 'close_notify', index: 4, ofJoiners: ['flight-lost', 'joined'], atCommissioner: ['session-limit'] },
];

describe.each(stallers)('joiners that fall silent before $name', ({ index, ofJoiners, atCommissioner }) => {
  const stalls = 6;

  function roomOf(seed: string): JoinRoom {
    const said = new Map<number, number>();
    const room = new JoinRoom({
      seed,
      mostSessions: 2,
      pass: ({ joiner, from, payload }) => {
        if (from !== 'joiner' || joiner >= stalls) return payload;
        // What it repeats is counted as what it is, by the place that it had first.
        const count = said.get(joiner) ?? 0;
        if (count >= index) return undefined;
        said.set(joiner, count + 1);
        return payload;
      },
    });
    for (let each = 0; each <= stalls; each++) room.admit(room.add('J01NME'), 'J01NME', 600_000);
    return room;
  }

  it('hold no place: with room for two, another one joins at once', () => {
    const room = roomOf(`stall ${index}`);
    for (const { joiner } of room.joiners.slice(0, stalls)) joiner.start();
    room.run(200);
    expect(room.admission.sessionCount).toBeLessThanOrEqual(4);
    const lamp = room.joiners[stalls]!;
    const began = room.now;
    lamp.joiner.start();
    room.run(5000);
    expect(lamp.failure).toBeUndefined();
    expect(lamp.entrusted).toBeDefined();
    expect(lamp.at - began).toBeLessThan(500);
  });

  it('are forgotten, with all that was kept for them, and told in words at both ends', () => {
    const room = roomOf(`forgotten ${index}`);
    for (const { joiner } of room.joiners.slice(0, stalls)) joiner.start();
    room.run(60_000);
    expect(room.admission.sessionCount).toBe(0);
    expect(room.admission.deadline).toBeUndefined();
    const ends = room.joiners.slice(0, stalls).map(({ failure, entrusted }) => failure ?? (entrusted && 'joined'));
    expect([...new Set(ends)].toSorted()).toEqual(ofJoiners);
    expect([...new Set(room.commissionerFailures)].toSorted()).toEqual(atCommissioner);
    // Nothing is held against who was admitted: it was no wrong guess.
    expect(room.commissionerFailures).not.toContain('wrong-pskd');
  });
});
