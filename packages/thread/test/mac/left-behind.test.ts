import { fromHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { headerElementIds } from '../../src/mac/frame/elements.js';
import { writeFrameCheck } from '../../src/mac/frame/frame-check.js';
import { extendedOf, LinkWorld, meet, payloads, shortOf } from '../support/link-world.js';

describe('a neighbour leads by one', () => {
  it('is understood at once, and followed', async () => {
    const world = new LinkWorld('lead');
    const [a, b] = await world.pair();
    await world.moveTo(a, 1);
    expect(await world.send(a, 2, '01')).toBe('sent');
    expect(payloads(b)).toEqual(['01']);
    expect(b.keys.current.sequence).toBe(1);
    await world.settle();
    expect(await world.send(b, 1, '02')).toBe('sent');
    expect(payloads(a)).toEqual(['02']);
  });

  it('is understood and not followed while the guard time runs', async () => {
    const world = new LinkWorld('guard');
    const [a, b] = await world.pair();
    await world.moveTo(a, 1);
    await world.send(a, 2, '01');
    await world.moveTo(a, 2);
    expect(await world.send(a, 2, '02')).toBe('sent');
    expect([payloads(b), b.keys.current.sequence]).toEqual([['01', '02'], 1]);
    await world.settle();
    expect(await world.send(b, 1, '03')).toBe('sent');
    expect(payloads(a)).toEqual(['03']);
  });

  it('and one that has not followed yet has its frames of 2015 acknowledged under its own sequence', async () => {
    const world = new LinkWorld('enhanced and behind');
    const [a, b] = await world.pair();
    await world.send(b, 1, '00');
    await world.moveTo(b, 1);
    const destination = { kind: 'short', short: shortOf(2) } as const;
    const elements = [{ id: headerElementIds.termination2, body: new Uint8Array(0) }];
    const protection = { kind: 'network' } as const;
    const payload = fromHex('01');
    const id = a.link.send({ destination, source: 'short', protection, payload, elements }, world.clock.now());
    a.pump();
    await world.clock.runUntil(() => a.outcomes.has(id));
    expect([a.outcomes.get(id), payloads(b), a.keys.current.sequence]).toEqual(['sent', ['01'], 0]);
    expect(a.link.counters.transmitted).toBe(1);
    expect(a.link.neighbours.byShort(shortOf(2))).toMatchObject({ keySequence: 0, nextFrameCounter: 2 });
  });

  it('at the wrap of the key index, 127 to 128', async () => {
    const world = new LinkWorld('wrap');
    const [a, b] = [await world.open(1, { sequence: 127 }), await world.open(2, { sequence: 127 })];
    meet(a, b, { keySequence: 127 });
    a.link.neighbours.enter(extendedOf(2), { keySequence: 127 });
    expect(await world.send(a, 2, '7f')).toBe('sent');
    await world.moveTo(a, 128);
    expect(await world.send(a, 2, '80')).toBe('sent');
    expect([payloads(b), b.keys.current.sequence, b.keys.current.index]).toEqual([['7f', '80'], 128, 1]);
  });
});

describe('a node that was left behind', () => {
  it('learns of it from the second frame that it cannot read, and follows nobody unasked', async () => {
    const world = new LinkWorld('behind');
    const [a, b] = await world.pair();
    await world.moveTo(a, 7);
    await world.send(a, 2, '01');
    await world.settle();
    await world.send(a, 2, '02');
    expect(b.events).toMatchObject([{ kind: 'left-behind', keySequence: 7 }]);
    expect([payloads(b), b.keys.current.sequence]).toEqual([[], 0]);
    // MLE asked with a challenge, and this is its answer.
    b.keys.observe(7, true, world.clock.now());
    await world.send(a, 2, '03');
    expect(payloads(b)).toEqual(['03']);
  });

  it('is not moved by a forged frame of any key index', async () => {
    const world = new LinkWorld('forged lead');
    const [a, b] = await world.pair();
    const stranger = await world.open(3, { key: new Uint8Array(16).fill(7) });
    stranger.link.setExtended(extendedOf(1));
    stranger.link.setShort(shortOf(1));
    await world.moveTo(stranger, 7);
    for (let i = 0; i < 3; i++) {
      await world.send(stranger, 2, '01');
      await world.settle();
      world.clock.advance(1000);
    }
    expect([b.events, b.keys.current.sequence, b.frames.length]).toEqual([[], 0, 0]);
    expect(b.link.counters.forged > 0).toBe(true);
    expect(await world.send(a, 2, '02')).toBe('sent');
  });

  it('as a sleepy child is still answered by our parent, which OpenThread does not do: it polls under its own sequence', async () => {
    const world = new LinkWorld('sleepy and behind');
    const [parent, child] = await world.sleepyPair(500);
    await world.moveTo(parent, 5);
    // Two frames: by the first the child has the keys derived, by the second it knows that it was left behind.
    world.give(parent, 2, '01');
    world.give(parent, 2, '02');
    await world.clock.runUntil(() => child.events.some(({ kind }) => kind === 'left-behind'));
    expect(parent.keys.current.sequence).toBe(5);
    child.keys.observe(5, true, world.clock.now());
    const id = world.give(parent, 2, '03');
    await world.clock.runUntil(() => parent.outcomes.has(id));
    expect([parent.outcomes.get(id), payloads(child)]).toEqual(['sent', ['03']]);
  });

  it('whose polls are acknowledged and never answered is told so, as under an OpenThread parent that is ahead', async () => {
    const world = new LinkWorld('unanswered');
    const child = await world.open(2);
    world.fallAsleep(child, 500);
    // A radio that acknowledges with frame pending, and a node behind it that understands nothing.
    const radio = world.ether.open('parent');
    radio.listen(15);
    radio.onEvent((event) => {
      if (event.kind !== 'received') return;
      const psdu = Uint8Array.of(0x12, 0x00, event.frame.psdu[2]!, 0, 0);
      writeFrameCheck(psdu);
      radio.transmit({ id: 1, psdu, channel: 15, assess: false, notBefore: event.frame.at + 0.192 });
    });
    await world.clock.runUntil(() => child.events.some(({ kind }) => kind === 'polls-unanswered'));
    expect(child.events.filter(({ kind }) => kind === 'polled').length).toBe(6);
  });
});
