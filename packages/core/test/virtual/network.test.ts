import { describe, expect, it } from 'vitest';
import { toHex } from '@selvage/core';
import { datagramSuite, outcomeOf } from '@selvage/core/testing';
import {
  type LinkConditions,
  VirtualClock,
  VirtualLink,
  VirtualNetwork,
  type VirtualNetworkOptions,
} from '@selvage/core/virtual';

datagramSuite(
  { describe, it, expect },
  {
    name: 'VirtualNetwork',
    create: () => {
      const clock = new VirtualClock();
      const { a, b } = new VirtualLink({ clock, delay: [1, 5] });
      return Promise.resolve({
        a,
        addressOfA: a.address,
        b,
        addressOfB: b.address,
        until: (condition: () => boolean) => clock.runUntil(condition),
      });
    },
  },
);

describe('a virtual link', () => {
  it('delivers in order, at once, and never inside send, unless told otherwise', () => {
    const { link, clock, received } = setUp();
    send(link, 5);
    expect(received).toEqual([]);
    clock.runUntilIdle();
    expect(received.map(({ n, at }) => [n, at])).toEqual([0, 1, 2, 3, 4].map((n) => [n, 0]));
  });

  it('loses about as many as it is told', () => {
    const { link, clock, received } = setUp({ loss: 0.3 });
    send(link, 2000);
    clock.runUntilIdle();
    // Five standard deviations of a binomial distribution.
    expect(Math.abs(received.length - 1400)).toBeLessThan(5 * Math.sqrt(2000 * 0.3 * 0.7));
    expect(isSorted(received.map(({ n }) => n))).toBe(true);
  });

  it('loses everything and nothing at the limits', () => {
    for (const [loss, arrived] of [
      [0, 50],
      [1, 0],
    ] as const) {
      const { link, clock, received } = setUp({ loss });
      send(link, 50);
      clock.runUntilIdle();
      expect(received.length).toBe(arrived);
    }
  });

  it('duplicates, and each copy belongs to its receiver', () => {
    const { link, clock } = setUp({ duplication: 1 });
    const payloads: Uint8Array[] = [];
    link.b.onDatagram((payload) => payloads.push(payload));
    send(link, 1);
    clock.runUntilIdle();
    payloads[0]?.fill(9);
    expect(payloads.map(toHex)).toEqual(['0909', '0000']);
  });

  it('delays within its bounds', () => {
    const { link, clock, received } = setUp({ delay: [10, 20] });
    send(link, 200);
    clock.runUntilIdle();
    const times = received.map(({ at }) => at);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...times)).toBeLessThan(20);
    expect(new Set(times).size).toBeGreaterThan(100);
  });

  it('reorders what it holds back, and loses none of it', () => {
    const { link, clock, received } = setUp({ reordering: 0.2, delay: 5 });
    send(link, 200);
    clock.runUntilIdle();
    const order = received.map(({ n }) => n);
    expect(isSorted(order)).toBe(false);
    expect(new Set(order).size).toBe(200);
    const onTime = received.filter(({ at }) => at === 5).length;
    expect(Math.abs(onTime - 160)).toBeLessThan(5 * Math.sqrt(200 * 0.2 * 0.8));
  });

  it('replays from its seed, and differs for another', () => {
    const run = (seed: number): string => {
      const { link, clock, received } = setUp({ seed, loss: 0.3, duplication: 0.2, reordering: 0.2, delay: [1, 9] });
      send(link, 100);
      clock.runUntilIdle();
      return JSON.stringify(received);
    };
    expect(run(5)).toBe(run(5));
    expect(run(5)).not.toBe(run(6));
  });

  it('loses the same datagrams whatever else its conditions are', () => {
    const arrived = (conditions: LinkConditions): string => {
      const { link, clock, received } = setUp({ seed: 5, loss: 0.3, ...conditions });
      send(link, 100);
      clock.runUntilIdle();
      return [...new Set(received.map(({ n }) => n))].sort((a, b) => a - b).join();
    };
    expect(arrived({ duplication: 0.5, reordering: 0.5, delay: [3, 30] })).toBe(arrived({}));
  });

  it('takes new conditions while it runs', () => {
    const { link, clock, received } = setUp({ loss: 1 });
    send(link, 1);
    link.network.conditions = {};
    send(link, 1);
    clock.runUntilIdle();
    expect(received.length).toBe(1);
  });
});

describe('tampering', () => {
  it('replaces, multiplies and swallows datagrams, knowing their way', () => {
    const { link, clock, received } = setUp();
    const seen: string[] = [];
    link.network.tamper = (payload, from, to) => {
      seen.push(`${from.key}>${to.key}`);
      const n = payload[1] as number;
      payload.fill(0xee);
      return n === 0 ? [] : n === 1 ? [new Uint8Array([0, 77])] : [new Uint8Array([0, 88]), new Uint8Array([0, 99])];
    };
    send(link, 3);
    clock.runUntilIdle();
    expect(received.map(({ n }) => n)).toEqual([77, 88, 99]);
    expect(seen).toEqual(['a>b', 'a>b', 'a>b']);
  });

  it('may write into what it is shown: what it does not return is not sent', () => {
    const { link, clock, received } = setUp();
    const sent = new Uint8Array([0, 1]);
    link.network.tamper = (payload) => (payload.fill(0xee), [new Uint8Array([0, 1])]);
    link.a.send(sent, link.b.address);
    clock.runUntilIdle();
    expect([toHex(sent), received[0]?.n]).toEqual(['0001', 1]);
  });

  it('lets an attacker inject in the name of another, past loss', () => {
    const { link, clock, received } = setUp({ loss: 1 });
    link.network.inject(new Uint8Array([0, 5]), { key: 'forged' }, link.b.address);
    clock.runUntilIdle();
    expect(received).toEqual([{ n: 5, at: 0, from: 'forged' }]);
  });
});

describe('a tap', () => {
  it('sees what was sent, delivered and lost, until it is taken off', () => {
    const { link, clock } = setUp({ delay: 3 });
    const seen: string[] = [];
    const stop = link.network.tap(({ kind, at, from, to, payload }) => {
      seen.push(`${at} ${kind} ${from.key}>${to.key} ${toHex(payload)}`);
      payload.fill(0xee);
    });
    send(link, 1);
    clock.runUntilIdle();
    link.a.send(new Uint8Array([1]), { key: 'nobody' });
    clock.runUntilIdle();
    stop();
    send(link, 1);
    clock.runUntilIdle();
    expect(seen).toEqual(['0 sent a>b 0000', '3 delivered a>b 0000', '3 sent a>nobody 01', '6 lost a>nobody 01']);
  });
});

describe('a virtual network', () => {
  it('has one port a name at a time', () => {
    const network = new VirtualNetwork({ clock: new VirtualClock() });
    const first = network.open('a');
    expect(outcomeOf(() => network.open('a'))).toBe('address-in-use');
    first.close();
    expect(outcomeOf(() => network.open('a'))).toBe('returned');
  });

  it('gives each port its maximum payload', () => {
    const network = new VirtualNetwork({ clock: new VirtualClock(), maximumPayload: 500 });
    expect(network.open('a').maximumPayload).toBe(500);
    expect(network.open('b', { maximumPayload: 60 }).maximumPayload).toBe(60);
  });

  it('loses what arrives before there is a receiver', () => {
    const clock = new VirtualClock();
    const link = new VirtualLink({ clock });
    send(link, 1);
    clock.runUntilIdle();
    const received: Uint8Array[] = [];
    link.b.onDatagram((payload) => received.push(payload));
    clock.runUntilIdle();
    expect(received).toEqual([]);
  });
});

interface Arrival {
  readonly n: number;
  readonly at: number;
  readonly from: string;
}

function setUp(options: Omit<VirtualNetworkOptions, 'clock'> = {}) {
  const clock = new VirtualClock();
  const link = new VirtualLink({ clock, ...options });
  const received: Arrival[] = [];
  link.b.onDatagram((payload, from) => {
    received.push({ n: (payload[0] as number) * 256 + (payload[1] as number), at: clock.now(), from: from.key });
  });
  return { clock, link, received };
}

/** Sends datagrams that are numbered from 0 by their two bytes. */
function send(link: VirtualLink, count: number): void {
  for (let n = 0; n < count; n++) link.a.send(new Uint8Array([n >> 8, n & 0xff]), link.b.address);
}

function isSorted(numbers: readonly number[]): boolean {
  return numbers.every((n, i) => i === 0 || n >= (numbers[i - 1] as number));
}
