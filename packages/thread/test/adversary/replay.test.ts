import { fromHex, toHex } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { writeFrameCheck } from '../../src/mac/frame/frame-check.js';
import { extendedOf, LinkWorld, meet, networkKey, payloads, shortOf } from '../support/link-world.js';

describe('replay', () => {
  it('of any frame, in any order, at any later time: acknowledged, and dropped in silence', async () => {
    const world = new LinkWorld('replay');
    const [a, b] = await world.pair();
    const recorded: Uint8Array[] = [];
    const stop = world.ether.tap(({ from, psdu }) => {
      if (from === a.name) recorded.push(psdu);
    });
    for (let i = 0; i < 20; i++) await world.send(a, 2, i.toString(16).padStart(4, '0'));
    stop();
    world.clock.advance(10);
    const before = b.link.counters.delivered;
    for (const psdu of [...recorded].reverse()) {
      world.ether.inject(psdu, 15);
      world.clock.advance(10);
    }
    world.clock.advance(3_600_000);
    for (const psdu of recorded) {
      world.ether.inject(psdu, 15);
      world.clock.advance(10);
    }
    expect([b.link.counters.delivered, payloads(b).length]).toEqual([before, 20]);
    expect(b.link.counters.replayed + b.link.counters.duplicate).toBe(40);
    expect(await world.send(a, 2, 'ffff')).toBe('sent');
  });

  it('of the sequence before a switch: its neighbour has moved on', async () => {
    const world = new LinkWorld('replay of an old sequence');
    const [a, b] = await world.pair();
    const recorded: Uint8Array[] = [];
    world.ether.tap(({ from, psdu }) => {
      if (from === a.name) recorded.push(psdu);
    });
    // Held back: b never had it, so that its counter is fresh under sequence 0.
    world.ether.tamper = () => [];
    await world.send(a, 2, 'aa');
    world.ether.tamper = undefined;
    const [old] = recorded as [Uint8Array];
    await world.moveTo(a, 1);
    expect(await world.send(a, 2, 'bb')).toBe('sent');
    expect(b.keys.current.sequence).toBe(1);
    world.clock.advance(10);
    world.ether.inject(old, 15);
    world.clock.advance(10);
    expect([payloads(b), b.link.counters.replayed]).toEqual([['bb'], 1]);
  });

  it('gaps in the counters of a good neighbour do not matter', async () => {
    const world = new LinkWorld('gaps');
    const [a, b] = await world.pair();
    for (const skipped of [0, 1, 400, 900]) {
      for (let i = 0; i < skipped; i++) a.keys.takeMacCounter();
      expect(await world.send(a, 2, skipped.toString(16).padStart(4, '0'))).toBe('sent');
    }
    expect(payloads(b).length).toBe(4);
  });
});

describe('wrong keys', () => {
  it('a node with another network key is not heard, though it has the right addresses', async () => {
    const world = new LinkWorld('wrong key');
    const b = await world.open(2);
    const wrong = networkKey.slice();
    wrong[0]! ^= 1;
    const a = await world.open(1, { key: wrong });
    meet(a, b);
    await world.send(a, 2, '01');
    expect([payloads(b), b.link.counters.forged]).toEqual([[], 1]);
    expect(b.link.neighbours.byShort(shortOf(1))?.nextFrameCounter).toBe(0);
  });

  it('a neighbour that pretends to be another one is not heard', async () => {
    const world = new LinkWorld('pretender');
    const [a, b, c] = [await world.open(1), await world.open(2), await world.open(3)];
    meet(a, b);
    meet(b, c);
    c.link.setShort(shortOf(1));
    await world.send(c, 2, '01');
    expect([payloads(b), b.link.counters.forged]).toEqual([[], 1]);
  });

  it('a frame at another security level, with key id mode 3, or without a frame counter is not even tried', async () => {
    const world = new LinkWorld('levels');
    const [a, b] = await world.pair();
    const source = toHex(Uint8Array.from([a.link.short! & 0xff, a.link.short! >> 8]));
    for (const security of ['0800000000 01', '0e00000000 01', '1d00000000 0102030405060708 01', '09 00000000 01']) {
      const psdu = fromHex(`619801cefa0008${source}${security}${'00'.repeat(24)}`.replace('6198', '6998'));
      writeFrameCheck(psdu);
      world.ether.inject(psdu, 15);
      world.clock.advance(5);
    }
    expect(b.link.counters).toMatchObject({ unacceptable: 4, delivered: 0, forged: 0 });
  });

  it('its own extended address as a source is not heard: an echo, or somebody who pretends to be it', async () => {
    const world = new LinkWorld('echo');
    const [a, b] = await world.pair();
    a.link.setExtended(extendedOf(2));
    const destination = { kind: 'extended', extended: extendedOf(2) } as const;
    a.link.send({ destination, source: 'extended', protection: { kind: 'none' }, payload: fromHex('01') }, 0);
    a.pump();
    world.clock.advance(1000);
    expect([b.frames.length, b.link.counters.acknowledged]).toEqual([0, 0]);
  });

  it('an unsecured data request is acknowledged and ignored', async () => {
    const world = new LinkWorld('poll');
    const [parent, child] = [await world.open(1), await world.open(2)];
    meet(parent, child, { receiveOn: false, isChild: true });
    world.give(parent, 2, '01');
    const psdu = fromHex('638801cefa0004000804 0000');
    writeFrameCheck(psdu);
    world.ether.inject(psdu, 15);
    world.clock.advance(100);
    expect([parent.link.counters.acknowledged, parent.link.counters.answeredPolls, parent.events]).toEqual([1, 0, []]);
    expect(child.frames).toEqual([]);
  });
});

describe('floods', () => {
  it('of noise, strangers and forgeries neither stop a link nor make it grow', async () => {
    const seed = 'flood';
    const world = new LinkWorld(seed);
    const [a, b] = await world.pair();
    const random = new SeededRandom(seed);
    for (let i = 0; i < 2000; i++) {
      world.ether.inject(floodFrame(random), 15, (name) => name === b.name);
      world.clock.advance(4);
    }
    expect([b.frames.filter(({ protection }) => protection.kind !== 'none').length, b.link.backlog]).toEqual([0, 0]);
    expect(b.link.neighbours.size).toBe(1);
    expect(b.keys.current.sequence).toBe(0);
    expect(await world.send(a, 2, 'abcd')).toBe('sent');
    expect(payloads(b).at(-1)).toBe('abcd');
  });

  it('of key indices have one derivation a second made, and no more kept', async () => {
    const world = new LinkWorld('indices');
    const [a, b] = await world.pair();
    const source = toHex(Uint8Array.from([a.link.short! & 0xff, a.link.short! >> 8]));
    let derived = 0;
    for (let i = 0; i < 500; i++) {
      const index = (3 + (i % 125)).toString(16).padStart(2, '0');
      const psdu = fromHex(`699801cefa0008${source}0d${'00'.repeat(4)}${index}${'00'.repeat(10)}`);
      writeFrameCheck(psdu);
      world.ether.inject(psdu, 15);
      world.clock.advance(4);
      b.pump();
      if (i % 50 === 0) await world.settle();
      derived = b.keyEvents.filter(({ kind }) => kind === 'derived').length;
    }
    // The first one is that of sequence 1, which every node has made.
    expect(derived <= 1 + 3).toBe(true);
    expect(await world.send(a, 2, '01')).toBe('sent');
  });
});

function floodFrame(random: SeededRandom): Uint8Array {
  const heads = ['6998', '4998', '69dc', '6b98', '0210', '61dc', '69a8'];
  const head = fromHex(`${heads[random.below(heads.length)]}01cefa0008`);
  const psdu = new Uint8Array(head.length + 2 + random.below(60));
  random.fill(psdu);
  psdu.set(head);
  writeFrameCheck(psdu);
  return psdu;
}
