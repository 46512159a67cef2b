import { toHex } from '@selvage/core';
import { VirtualClock } from '@selvage/core/virtual';
import { airTime, type RadioEvent, VirtualEther, type VirtualRadio } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { frame, radioSuite } from './contract.js';

const channel = 15;

radioSuite(
  { describe, it, expect },
  {
    name: 'virtual ether',
    create: async () => {
      const clock = new VirtualClock();
      const ether = new VirtualEther({ clock });
      return {
        a: ether.open('a'),
        b: ether.open('b'),
        until: (condition) => clock.runUntil(condition),
        settle: async () => void clock.advance(100),
      };
    },
  },
);

describe('virtual ether: the channel', () => {
  it('is held for (PSDU + 6) × 32 µs', () => {
    const { clock, radios, events } = world(['a', 'b']);
    const psdu = frame('00'.repeat(20));
    radios.a!.transmit({ id: 1, psdu, channel, assess: false });
    clock.runUntilIdle();
    const [end] = events('b').filter(({ kind }) => kind === 'received');
    expect(end?.kind === 'received' && end.frame.at).toBeCloseTo((psdu.length + 6) * 0.032, 6);
    expect(airTime(127)).toBeCloseTo(4.256, 6);
  });

  it('is heard to be busy by whoever assesses it, and by nobody out of range', () => {
    const { clock, ether, radios, events } = world(['a', 'b', 'c']);
    ether.setLink('a', 'c', { reaches: false });
    radios.a!.transmit({ id: 1, psdu: frame('00'.repeat(50)), channel, assess: false });
    clock.advance(1);
    radios.b!.transmit({ id: 2, psdu: frame('01'), channel, assess: true });
    radios.c!.transmit({ id: 3, psdu: frame('02'), channel, assess: true });
    clock.runUntilIdle();
    expect(outcome(events('b'))).toBe('channel-busy');
    expect(outcome(events('c'))).toBe('sent');
  });

  it('carries neither of two frames that overlap to whoever hears both', () => {
    const { clock, ether, radios, received } = world(['a', 'b', 'c', 'd']);
    ether.setLink('b', 'd', { reaches: false });
    radios.a!.transmit({ id: 1, psdu: frame('0a'), channel, assess: false });
    clock.advance(0.1);
    radios.b!.transmit({ id: 2, psdu: frame('0b'), channel, assess: false });
    clock.runUntilIdle();
    expect(received('c')).toEqual([]);
    expect(received('d')).toEqual([toHex(frame('0a'))]);
    expect(received('a')).toEqual([]);
    expect(ether.counters.collided).toBe(2);
  });

  it('carries the one of two frames that is 3 dB stronger than the other, and no weaker one', () => {
    for (const [rssi, heard] of [
      [-76, ['0a']],
      [-78, []],
    ] as const) {
      const { clock, ether, radios, received } = world(['a', 'b', 'c']);
      ether.setLink('a', 'c', { rssi });
      ether.setLink('b', 'c', { rssi: -80 });
      radios.a!.transmit({ id: 1, psdu: frame('0a'), channel, assess: false });
      clock.advance(0.1);
      radios.b!.transmit({ id: 2, psdu: frame('0b'), channel, assess: false });
      clock.runUntilIdle();
      expect(received('c')).toEqual(heard.map((text) => toHex(frame(text))));
    }
  });

  it('adds up what disturbs a frame', () => {
    const { clock, ether, radios, received } = world(['a', 'b', 'c', 'd']);
    for (const [name, rssi] of [
      ['a', -76],
      ['b', -80],
      ['c', -80],
    ] as const) {
      ether.setLink(name, 'd', { rssi });
      radios[name]!.transmit({ id: 1, psdu: frame('0a'), channel, assess: false });
    }
    clock.runUntilIdle();
    expect(received('d')).toEqual([]);
  });

  it('has a radio turn to a stronger frame before the start delimiter of the weaker one is over, and no later', () => {
    for (const [after, heard] of [
      [0.15, ['0b']],
      [0.17, []],
    ] as const) {
      const { clock, ether, radios, received } = world(['a', 'b', 'c']);
      ether.setLink('a', 'c', { rssi: -80 });
      radios.a!.transmit({ id: 1, psdu: frame('0a'.repeat(20)), channel, assess: false });
      clock.advance(after);
      radios.b!.transmit({ id: 2, psdu: frame('0b'), channel, assess: false });
      clock.runUntilIdle();
      expect(received('c')).toEqual(heard.map((text) => toHex(frame(text))));
    }
  });

  it('disturbs farther than it carries', () => {
    const clock = new VirtualClock();
    const ether = new VirtualEther({ clock, range: 100, strengthAt: (share) => -40 - 50 * share });
    const heard: string[] = [];
    const at = (name: string, x: number): VirtualRadio => ether.open(name, { x, y: 0 });
    const [far, near, listener] = [at('far', 0), at('near', 203), at('listener', 104)] as const;
    listener.listen(channel);
    listener.onEvent(({ kind }) => void (kind === 'received' && heard.push('near')));
    for (const isDisturbed of [false, true]) {
      if (isDisturbed) far.transmit({ id: 1, psdu: frame('0a'), channel, assess: false });
      near.transmit({ id: 2, psdu: frame('0b'), channel, assess: false });
      clock.runUntilIdle();
    }
    expect(heard).toEqual(['near']);
  });

  it('lets frames on different channels pass each other', () => {
    const { clock, radios, received } = world(['a', 'b', 'c', 'd']);
    radios.d!.listen(20);
    radios.a!.transmit({ id: 1, psdu: frame('0a'), channel, assess: true });
    radios.b!.transmit({ id: 2, psdu: frame('0b'), channel: 20, assess: true });
    clock.runUntilIdle();
    expect(received('c')).toEqual([toHex(frame('0a'))]);
    expect(received('d')).toEqual([toHex(frame('0b'))]);
  });

  it('gives nothing to a radio that began to listen late, or stopped', () => {
    const { clock, radios, received } = world(['a', 'b', 'c']);
    radios.b!.sleep();
    radios.a!.transmit({ id: 1, psdu: frame('0a'.repeat(20)), channel, assess: false });
    clock.advance(0.3);
    radios.b!.listen(channel);
    radios.c!.listen(16);
    radios.c!.listen(channel);
    clock.runUntilIdle();
    expect(received('b')).toEqual([]);
    expect(received('c')).toEqual([]);
  });

  it('lets two that assess at the same moment collide: neither has started to send yet', () => {
    const { clock, ether, radios, received } = world(['a', 'b', 'c']);
    radios.a!.transmit({ id: 1, psdu: frame('0a'), channel, assess: true });
    radios.b!.transmit({ id: 2, psdu: frame('0b'), channel, assess: true });
    clock.runUntilIdle();
    expect(received('c')).toEqual([]);
    expect(ether.counters.collided).toBe(2);
  });
});

describe('virtual ether: links', () => {
  it('are as asymmetric as is said', () => {
    const { clock, ether, radios, received } = world(['a', 'b']);
    ether.setLink('a', 'b', { loss: 1 });
    radios.a!.transmit({ id: 1, psdu: frame('0a'), channel, assess: true });
    clock.runUntilIdle();
    radios.b!.transmit({ id: 2, psdu: frame('0b'), channel, assess: true });
    clock.runUntilIdle();
    expect(received('b')).toEqual([]);
    expect(received('a')).toEqual([toHex(frame('0b'))]);
    expect(ether.counters.lost).toBe(1);
  });

  it('end where the range does', () => {
    const clock = new VirtualClock();
    const ether = new VirtualEther({ clock, range: 10 });
    const a = ether.open('a', { x: 0, y: 0 });
    const heard: string[] = [];
    for (const [name, x] of [
      ['near', 9],
      ['far', 11],
    ] as const) {
      const radio = ether.open(name, { x, y: 0 });
      radio.listen(channel);
      radio.onEvent(({ kind }) => void (kind === 'received' && heard.push(name)));
    }
    a.transmit({ id: 1, psdu: frame('01'), channel, assess: true });
    clock.runUntilIdle();
    expect(heard).toEqual(['near']);
    ether.place('far', { x: 5, y: 5 });
    a.transmit({ id: 2, psdu: frame('01'), channel, assess: true });
    clock.runUntilIdle();
    expect(heard).toEqual(['near', 'near', 'far']);
  });

  it('say how strong a frame arrives, and how much later', () => {
    const { clock, ether, radios, events } = world(['a', 'b']);
    ether.setLink('a', 'b', { rssi: -83, delay: 5 });
    const psdu = frame('01');
    radios.a!.transmit({ id: 1, psdu, channel, assess: false });
    clock.runUntilIdle();
    const [event] = events('b');
    expect(event?.kind === 'received' && event.frame.rssi).toBe(-83);
    expect(event?.kind === 'received' && event.frame.at).toBeCloseTo(airTime(psdu.length) + 5, 6);
  });

  it('double and reorder frames, and lose as many as is said, the same from one seed', () => {
    const run = (seed: string): string => {
      const { clock, radios, received } = world(['a', 'b'], seed, { loss: 0.2, duplication: 0.2, reordering: 0.3 });
      for (let i = 0; i < 200; i++) {
        const psdu = frame(i.toString(16).padStart(4, '0'));
        radios.a!.transmit({ id: i, psdu, channel, assess: false });
        clock.advance(3);
      }
      clock.runUntilIdle();
      const numbers = received('b').map((psdu) => Number.parseInt(psdu.slice(18, 22), 16));
      const doubled = numbers.length - new Set(numbers).size;
      const isOrdered = numbers.every((number, at) => at === 0 || numbers[at - 1]! <= number);
      expect({ seed, isOrdered }).toEqual({ seed, isOrdered: false });
      expect({ seed, lost: 200 - new Set(numbers).size > 20, doubled: doubled > 15 }).toEqual({
        seed,
        lost: true,
        doubled: true,
      });
      return numbers.join();
    };
    expect(run('ether-1')).toBe(run('ether-1'));
    expect(run('ether-1') === run('ether-2')).toBe(false);
  });
});

describe('virtual ether: interference and attackers', () => {
  it('a burst spoils what it overlaps, and is heard by those it reaches', () => {
    const { clock, ether, radios, events, received } = world(['a', 'b', 'c']);
    ether.interfere({ channel, from: 0.2, duration: 2, at: (name) => name === 'b' });
    radios.a!.transmit({ id: 1, psdu: frame('0a'), channel, assess: false });
    clock.advance(0.6);
    radios.b!.transmit({ id: 2, psdu: frame('0b'), channel, assess: true });
    clock.runUntilIdle();
    expect(received('b')).toEqual([]);
    expect(received('c')).toEqual([toHex(frame('0a'))]);
    expect(outcome(events('b'))).toBe('channel-busy');
  });

  it('injects frames that no radio sent, and changes frames on their way', () => {
    const { clock, ether, radios, received } = world(['a', 'b']);
    ether.inject(frame('ee'), channel, (name) => name === 'b');
    clock.runUntilIdle();
    ether.tamper = (psdu) => [psdu, frame('ff')];
    radios.a!.transmit({ id: 1, psdu: frame('0a'), channel, assess: true });
    clock.runUntilIdle();
    expect(received('b')).toEqual([toHex(frame('ee')), toHex(frame('0a')), toHex(frame('ff'))]);
    expect(received('a')).toEqual([]);
  });

  it('shows every frame to a tap', () => {
    const { clock, ether, radios } = world(['a', 'b']);
    const seen: string[] = [];
    const stop = ether.tap(({ from, channel: on, psdu }) => seen.push(`${from} ${on} ${toHex(psdu)}`));
    radios.a!.transmit({ id: 1, psdu: frame('0a'), channel, assess: true });
    clock.runUntilIdle();
    stop();
    radios.a!.transmit({ id: 2, psdu: frame('0b'), channel, assess: true });
    clock.runUntilIdle();
    expect(seen).toEqual([`a 15 ${toHex(frame('0a'))}`]);
  });
});

interface World {
  readonly clock: VirtualClock;
  readonly ether: VirtualEther;
  readonly radios: Readonly<Record<string, VirtualRadio>>;
  readonly events: (name: string) => RadioEvent[];
  readonly received: (name: string) => string[];
}

/** Radios that all listen on one channel. */
function world(names: readonly string[], seed: string | number = 0, conditions = {}): World {
  const clock = new VirtualClock();
  const ether = new VirtualEther({ clock, seed, conditions });
  const all = new Map<string, RadioEvent[]>();
  const radios: Record<string, VirtualRadio> = {};
  for (const name of names) {
    const radio = ether.open(name);
    radio.listen(channel);
    const told: RadioEvent[] = [];
    radio.onEvent((event) => told.push(event));
    all.set(name, told);
    radios[name] = radio;
  }
  const events = (name: string): RadioEvent[] => all.get(name)!;
  const received = (name: string): string[] =>
    events(name).flatMap((event) => (event.kind === 'received' ? [toHex(event.frame.psdu)] : []));
  return { clock, ether, radios, events, received };
}

function outcome(events: readonly RadioEvent[]): string | undefined {
  const told = events.find((event) => event.kind === 'transmitted');
  return told?.kind === 'transmitted' ? told.outcome : undefined;
}
