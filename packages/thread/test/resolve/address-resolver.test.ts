import { fromHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { parseIp6 } from '../../src/ip6/address/text.js';
import { AddressResolver, type ResolverOutput } from '../../src/resolve/address-resolver.js';

const target = parseIp6('fd00::1234');
const other = parseIp6('fd00::5678');
const [idA, idB] = [fromHex('aaaaaaaaaaaaaaaa'), fromHex('bbbbbbbbbbbbbbbb')];
const packet = (n: number): Uint8Array => Uint8Array.of(0x60, n);

function drain(resolver: AddressResolver, now: number): ResolverOutput[] {
  const outputs: ResolverOutput[] = [];
  for (let next = resolver.poll(now); next !== undefined; next = resolver.poll(now)) outputs.push(next);
  return outputs;
}

const notice = (address = target, rloc16 = 0x8c00, interfaceId = idA, lastTransaction = 0) => ({
  target: address,
  rloc16,
  interfaceId,
  lastTransaction,
});

describe('address resolution (Thread 1.3 §5.4.2)', () => {
  it('asks once for an address, has its packets wait, and sends them where the answer says', () => {
    const resolver = new AddressResolver(new SeededEntropy('resolver'));
    expect(resolver.resolve(target, packet(1), 0)).toBe('waits');
    expect(resolver.resolve(target, packet(2), 10)).toBe('waits');
    expect(drain(resolver, 10)).toEqual([{ kind: 'query', target }]);
    resolver.notified(notice(), 300);
    expect(drain(resolver, 300)).toEqual([
      { kind: 'send', packet: packet(1), rloc16: 0x8c00 },
      { kind: 'send', packet: packet(2), rloc16: 0x8c00 },
    ]);
    expect(resolver.resolve(target, packet(3), 400)).toBe(0x8c00);
    expect(resolver.deadline).toBeUndefined();
  });

  it('asks once more after a second, gives up after 3 s, and asks nobody again for 15 s, then 30, 60, and never more than 120 s', () => {
    const resolver = new AddressResolver(new SeededEntropy('resolver'));
    let now = 0;
    for (const delay of [15_000, 30_000, 60_000, 120_000, 120_000]) {
      expect(resolver.resolve(target, packet(1), now)).toBe('waits');
      expect(drain(resolver, now)).toEqual([{ kind: 'query', target }]);
      const again = resolver.deadline! - now;
      expect(again >= 750 && again < 1250).toBe(true);
      expect(drain(resolver, now + again)).toEqual([{ kind: 'query', target }]);
      expect(resolver.deadline).toBe(now + 3000);
      now += 3000;
      expect(drain(resolver, now)).toEqual([{ kind: 'unresolved', packet: packet(1) }]);
      expect(resolver.resolve(target, packet(2), now + delay - 1)).toBe('refused');
      now += delay;
    }
  });

  it('takes an answer that comes late, and none that nobody asked for', () => {
    const resolver = new AddressResolver(new SeededEntropy('resolver'));
    resolver.resolve(target, packet(1), 0);
    drain(resolver, 3000);
    resolver.notified(notice(), 3100);
    resolver.notified(notice(other), 3100);
    expect(resolver.resolve(target, packet(2), 3200)).toBe(0x8c00);
    expect(resolver.resolve(other, packet(3), 3200)).toBe('waits');
  });

  it('believes, of two that answer for the same node, the one that heard it last', () => {
    const resolver = new AddressResolver(new SeededEntropy('resolver'));
    resolver.resolve(target, packet(1), 0);
    resolver.notified(notice(target, 0x8c00, idA, 20), 100);
    resolver.notified(notice(target, 0x1c00, idA, 50), 110);
    expect(resolver.resolve(target, packet(2), 120)).toBe(0x8c00);
    resolver.notified(notice(target, 0x1c00, idA, 3), 130);
    expect(resolver.resolve(target, packet(2), 140)).toBe(0x1c00);
  });

  it('tells all of two nodes that have the same address, once a second at most', () => {
    const resolver = new AddressResolver(new SeededEntropy('resolver'));
    resolver.resolve(target, packet(1), 0);
    resolver.notified(notice(), 100);
    drain(resolver, 100);
    for (const at of [200, 300, 1300]) resolver.notified(notice(target, 0x1c00, idB), at);
    const conflict = { kind: 'conflict', target, interfaceId: idB };
    expect(drain(resolver, 1300)).toEqual([conflict, conflict]);
    expect(resolver.resolve(target, packet(2), 1400)).toBe(0x8c00);
  });

  it('learns from whom packets came, and follows a node that moved', () => {
    const resolver = new AddressResolver(new SeededEntropy('resolver'));
    resolver.snooped(target, 0x5400);
    expect(resolver.resolve(target, packet(1), 0)).toBe(0x5400);
    resolver.snooped(target, 0x9400);
    expect(resolver.resolve(target, packet(1), 0)).toBe(0x9400);
    resolver.resolve(other, packet(7), 0);
    drain(resolver, 0);
    resolver.snooped(other, 0x5400);
    expect(drain(resolver, 0)).toEqual([{ kind: 'send', packet: packet(7), rloc16: 0x5400 }]);
  });

  it('forgets what a router had, what a node had, and what was unreachable', () => {
    const resolver = new AddressResolver(new SeededEntropy('resolver'));
    const addresses = [1, 2, 3, 4].map((n) => parseIp6(`fd00::${n}`));
    for (const [i, address] of addresses.entries()) resolver.snooped(address, [0x5400, 0x5401, 0x9400, 0x9800][i]!);
    resolver.forgetRouter(0x5400 >> 10);
    resolver.forgetNode(0x9400);
    resolver.forget(addresses[3]!);
    expect(resolver.load.known).toBe(0);
  });
});

describe('storms (adversary)', () => {
  it('packets to ten thousand addresses that nobody has make eight queries at a time, and push out nothing known', () => {
    const resolver = new AddressResolver(new SeededEntropy('resolver'));
    resolver.snooped(target, 0x5400);
    let queries = 0;
    for (let n = 0; n < 10_000; n++) {
      resolver.resolve(parseIp6(`fd00::1:${(n + 1).toString(16)}`), packet(n), n);
      queries += drain(resolver, n).filter(({ kind }) => kind === 'query').length;
      expect(resolver.load.queries).toBeLessThanOrEqual(8);
      expect(resolver.load.missing).toBeLessThanOrEqual(32);
    }
    // Eight every three seconds, in ten, each twice, of the last eight three.
    expect(queries).toBe(59);
    expect(resolver.resolve(target, packet(1), 10_000)).toBe(0x5400);
  });

  it('one address has four packets wait, and no more', () => {
    const resolver = new AddressResolver(new SeededEntropy('resolver'));
    const outcomes = Array.from({ length: 10 }, (_, n) => resolver.resolve(target, packet(n), 0));
    expect(outcomes.map((outcome) => outcome === 'waits')).toEqual(outcomes.map((_, n) => n < 4));
  });

  it('a thousand sources that are seen fill 256 places, and what was asked for stays', () => {
    const resolver = new AddressResolver(new SeededEntropy('resolver'));
    resolver.resolve(target, packet(1), 0);
    resolver.notified(notice(), 1);
    for (let n = 1; n <= 1000; n++) resolver.snooped(parseIp6(`fd00::2:${n.toString(16)}`), 0x5400);
    expect(resolver.load.known).toBe(256);
    expect(resolver.resolve(target, packet(1), 2)).toBe(0x8c00);
  });

  it('a thousand answers that nobody asked for leave nothing', () => {
    const resolver = new AddressResolver(new SeededEntropy('resolver'));
    for (let n = 1; n <= 1000; n++) resolver.notified(notice(parseIp6(`fd00::3:${n.toString(16)}`)), 0);
    expect(resolver.load).toEqual({ known: 0, queries: 0, missing: 0 });
    expect(resolver.poll(0)).toBeUndefined();
  });
});
