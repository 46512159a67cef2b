import { describe, expect, it } from 'vitest';
import { RetransmissionTimer } from '../../src/handshake/retransmission.js';
import { pairOf } from '../support/configurations.js';
import type { Link } from '../support/pair.js';

const suite = 'TLS_ECJPAKE_WITH_AES_128_CCM_8';

describe('retransmission (RFC 6347 §4.2.4.1)', () => {
  it('doubles the wait up to the maximum', () => {
    const timer = new RetransmissionTimer({ initial: 1000, maximum: 5000 });
    timer.start([], 0);
    const sentAt: number[] = [];
    for (let now = 0; now <= 20_000; now += 100) if (timer.expired(now)) sentAt.push(now);
    expect(sentAt).toEqual([1000, 3000, 7000, 12_000, 17_000]);
  });

  it('starts afresh with the next flight after one that was not lost, and keeps its wait after one that was', () => {
    const timer = new RetransmissionTimer({ initial: 1000, maximum: 60_000 });
    timer.start([], 0);
    for (const now of [1000, 3000]) timer.expired(now);
    timer.start([], 7500);
    expect(timer.deadline).toBe(11_500);
    expect(timer.count).toBe(0);
    timer.start([], 8000);
    expect(timer.deadline).toBe(9000);
  });

  it('answers a peer that repeats itself, but not more often than every quarter of the first wait', () => {
    const timer = new RetransmissionTimer({ initial: 1000, maximum: 60_000 });
    timer.start([], 0);
    const answered = Array.from({ length: 100 }, (_, index) => timer.peerRepeated(index * 10)).filter(Boolean).length;
    expect(answered).toBe(3);
  });

  it('waits afresh after it answered a peer that repeats itself, and does not send the same twice at once', () => {
    const timer = new RetransmissionTimer({ initial: 1000, maximum: 60_000 });
    timer.start([], 0);
    expect(timer.peerRepeated(999)).toBeDefined();
    expect(timer.expired(1000)).toBeUndefined();
    expect(timer.deadline).toBe(1999);
  });

  it('waits as long as the configuration says, 8 s for Thread', () => {
    const lost: Link = () => [];
    const pair = pairOf(suite, {
      client: { retransmission: { initial: 8000, maximum: 60_000 } },
      pair: {
        link: (payload, from, now) =>
          from === 'client' && now === 0 ? lost(payload, from, now) : [{ payload, delay: 1 }],
      },
    });
    expect(pair.run(7999).outcome.client.session).toBeUndefined();
    expect(pair.run(8100).bothOpen).toBe(true);
  });

  it('gives up after the handshake timeout and says what it waited for', () => {
    const pair = pairOf(suite, { pair: { link: () => [] } }).run(200_000);
    expect(pair.outcome.client.closed).toMatchObject({
      by: 'error',
      error: { code: 'handshake-timeout', details: { waitingFor: 'an answer to ClientHello' } },
    });
    expect(pair.now).toBeGreaterThanOrEqual(120_000);
  });

  it.each([0, 1, 2, 3, 4])('completes when datagram %i of the handshake is lost', (lost) => {
    let count = 0;
    const pair = pairOf(suite, { pair: { link: (payload) => (count++ === lost ? [] : [{ payload, delay: 1 }]) } });
    expect(pair.run(20_000).bothOpen).toBe(true);
  });

  it('sends the last flight again when the client repeats its Finished', () => {
    let serverFinished = 0;
    const pair = pairOf(suite, {
      pair: {
        link: (payload, from) => {
          const isLast = from === 'server' && payload[0] === 20;
          return isLast && serverFinished++ === 0 ? [] : [{ payload, delay: 1 }];
        },
      },
    });
    pair.run(500);
    expect(pair.outcome.server.session).toBeDefined();
    expect(pair.outcome.client.session).toBeUndefined();
    expect(pair.run(5000).bothOpen).toBe(true);
    expect(serverFinished).toBe(2);
  });

  it('keeps application data that overtakes the Finished', () => {
    const pair = pairOf(suite, {
      pair: { link: (payload, from) => [{ payload, delay: from === 'server' && payload[0] === 20 ? 300 : 1 }] },
    });
    pair.run(200);
    pair.send('server', Uint8Array.of(1, 2, 3));
    pair.run(1000);
    expect(pair.outcome.client.data).toEqual([Uint8Array.of(1, 2, 3)]);
  });

  it('completes when each flight arrives in reverse order', () => {
    const small = { maximumDatagram: 200 };
    let held: { payload: Uint8Array; delay: number }[] = [];
    const pair = pairOf(suite, {
      client: small,
      server: small,
      pair: {
        link: (payload) => {
          held = [{ payload, delay: 1 }, ...held];
          return [{ payload, delay: 60 - Math.min(50, held.length) }];
        },
      },
    });
    expect(pair.run(60_000).bothOpen).toBe(true);
  });
});
