import { describe, expect, it } from 'vitest';
import { LinkWorld, payloads, shortOf } from '../support/link-world.js';

const request = {
  destination: { kind: 'short', short: shortOf(2) },
  source: 'short',
  protection: { kind: 'network' },
} as const;

describe('a frame that may wait no longer than a time', () => {
  it('is dropped where that is over before it is begun, and what waits behind it goes on', async () => {
    const world = new LinkWorld('not after');
    const [a, b] = await world.pair();
    const now = world.clock.now();
    // The first holds the channel for some milliseconds.
    a.link.send({ ...request, payload: new Uint8Array(90) }, now);
    a.link.send({ ...request, payload: Uint8Array.of(1), notAfter: now + 1 }, now);
    a.link.send({ ...request, payload: Uint8Array.of(2), notAfter: now + 1000 }, now);
    a.pump();
    await world.clock.runUntil(() => a.link.counters.sent === 2, now + 5000);
    expect(payloads(b)).toEqual(['00'.repeat(90), '02']);
    expect(a.link.counters).toMatchObject({ sent: 2, failed: 1 });
  });

  it('is not repeated either where nobody awaits it any longer', async () => {
    const world = new LinkWorld('until');
    const [a, b] = await world.pair();
    world.ether.conditions = { reaches: false };
    const now = world.clock.now();
    a.link.send({ ...request, payload: Uint8Array.of(1), until: now + 20 }, now);
    a.link.send({ ...request, payload: new Uint8Array(2), until: now - 1 }, now);
    a.pump();
    await world.clock.runUntil(() => a.link.counters.failed === 2, now + 5000);
    expect(world.clock.now()).toBeLessThan(now + 60);
    const before = a.link.counters.transmitted;
    expect(before).toBeGreaterThan(1);
    expect(before).toBeLessThan(16);
    expect(payloads(b)).toEqual([]);
  });

  it('is not begun at the moment from which on nobody awaits it, whatever else it may wait for', async () => {
    const world = new LinkWorld('until and not after');
    const [a, b] = await world.pair();
    const now = world.clock.now();
    a.link.send({ ...request, payload: Uint8Array.of(1), until: now }, now);
    a.link.send({ ...request, payload: Uint8Array.of(2), until: now - 1, notAfter: now + 1000 }, now);
    a.link.send({ ...request, payload: Uint8Array.of(3), until: now + 1000, notAfter: now - 1 }, now);
    a.link.send({ ...request, payload: Uint8Array.of(4), until: now + 1000, notAfter: now }, now);
    a.pump();
    await world.clock.runUntil(() => a.link.counters.sent + a.link.counters.failed === 4, now + 5000);
    expect(payloads(b)).toEqual(['04']);
    expect(a.link.counters).toMatchObject({ sent: 1, failed: 3 });
  });
});
