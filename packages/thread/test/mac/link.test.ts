import { fromHex, toHex } from '@selvage/core';
import { broadcastPan, payloadRoom } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { headerElementIds } from '../../src/mac/frame/elements.js';
import { readPsdu } from '../../src/mac/receiver.js';
import { channel, extendedOf, type LinkNode, LinkWorld, meet, payloads, shortOf } from '../support/link-world.js';

describe('a link carries frames', () => {
  it('secured from short to short address, acknowledged, once', async () => {
    const world = new LinkWorld('unicast');
    const [a, b] = await world.pair();
    expect(await world.send(a, 2, '0102')).toBe('sent');
    expect(payloads(b)).toEqual(['0102']);
    expect(b.frames[0]).toMatchObject({
      source: { kind: 'short', short: shortOf(1) },
      destination: { kind: 'short', short: shortOf(2) },
      protection: { kind: 'network', keySequence: 0 },
      rssi: -40,
    });
    expect(b.frames[0]?.neighbour?.extended).toEqual(extendedOf(1));
    expect(a.link.counters).toMatchObject({ transmitted: 1, sent: 1, failed: 0 });
    expect(b.link.counters).toMatchObject({ acknowledged: 1, delivered: 1, duplicate: 0 });
  });

  it('asleep: its receiver is off while it backs off, and on for the acknowledgement alone', async () => {
    const world = new LinkWorld('asleep');
    const [a] = await world.pair();
    const { clock } = world;
    a.link.setReceiveOn(false);
    a.pump();
    let listened = 0;
    for (let i = 0; i < 10; i++) {
      const id = world.give(a, 2, '01');
      const begun = clock.now();
      while (!a.outcomes.has(id)) {
        const [isOn, from] = [a.radio.receives(channel), clock.now()];
        clock.fireNext();
        if (isOn) listened += clock.now() - from;
      }
      expect(a.outcomes.get(id)).toBe('sent');
      expect(clock.now() - begun).toBeGreaterThan(0.192);
      clock.advance(50);
      expect(a.radio.receives(channel)).toBe(false);
    }
    // 192 µs and 11 bytes at 32 µs each time.
    expect(listened).toBeCloseTo(10 * 0.544, 6);
    expect(a.link.counters).toMatchObject({ transmitted: 10, sent: 10 });
  });

  it('to everybody in range who knows the sender, without acknowledgement', async () => {
    const world = new LinkWorld('broadcast');
    const [a, b] = await world.pair();
    const stranger = await world.open(3);
    expect(await world.send(a, 'all', 'aa')).toBe('sent');
    expect(payloads(b)).toEqual(['aa']);
    expect(stranger.frames.length).toBe(0);
    expect(stranger.link.counters.stranger).toBe(1);
    expect(b.link.counters.acknowledged).toBe(0);
  });

  it('unsecured, between extended addresses and to another PAN, as discovery needs it', async () => {
    const world = new LinkWorld('discovery');
    const [a, b] = [await world.open(1), await world.open(2)];
    a.link.setPanId(broadcastPan);
    const destination = { kind: 'extended', extended: extendedOf(2) } as const;
    const protection = { kind: 'none' } as const;
    const payload = fromHex('7f33');
    a.link.send({ destination, source: 'extended', protection, payload, destinationPan: 0xface }, 0);
    a.pump();
    await world.clock.runUntil(() => b.frames.length === 1);
    expect(b.frames[0]).toMatchObject({
      protection: { kind: 'none' },
      destinationPan: 0xface,
      sourcePan: broadcastPan,
      neighbour: undefined,
    });
  });

  it('under the KEK (key id mode 0) and under the key of MLE Announce (mode 2)', async () => {
    const world = new LinkWorld('modes');
    const [a, b] = [await world.open(1), await world.open(2)];
    const kek = fromHex('070348169b2b1715d4b377c62a9d4524');
    b.link.setGivenKey(extendedOf(1), kek);
    const destination = { kind: 'extended', extended: extendedOf(2) } as const;
    const given = { kind: 'given', key: kek, frameCounter: 0 } as const;
    a.link.send({ destination, source: 'extended', protection: given, payload: fromHex('0e') }, 0);
    const announce = { kind: 'announce' } as const;
    a.link.send(
      {
        destination: { kind: 'short', short: 0xffff },
        source: 'extended',
        protection: announce,
        payload: fromHex('0f'),
        destinationPan: broadcastPan,
      },
      0,
    );
    a.pump();
    await world.clock.runUntil(() => b.frames.length === 2);
    expect(b.frames.map(({ protection }) => protection.kind)).toEqual(['given', 'announce']);
    b.link.setGivenKey(extendedOf(1), undefined);
    a.link.send(
      { destination, source: 'extended', protection: { ...given, frameCounter: 1 }, payload: fromHex('0e') },
      0,
    );
    a.pump();
    await world.clock.runUntil(() => b.link.counters.stranger === 1);
    expect(b.frames.length).toBe(2);
  });

  it('as frames of 2015 with elements, answered by a secured enhanced acknowledgement', async () => {
    const world = new LinkWorld('enhanced');
    const [a, b] = await world.pair();
    const acknowledgements: string[] = [];
    world.ether.tap(({ psdu }) => {
      const { frame } = readPsdu(psdu)!;
      if (frame.type === 'acknowledgement') acknowledgements.push(`${frame.version} ${frame.security?.level}`);
    });
    const destination = { kind: 'short', short: shortOf(2) } as const;
    const elements = [
      { id: headerElementIds.csl, body: fromHex('0a00f401') },
      { id: headerElementIds.termination2, body: fromHex('') },
    ];
    const protection = { kind: 'network' } as const;
    const id = a.link.send({ destination, source: 'short', protection, payload: fromHex('15'), elements }, 0);
    a.pump();
    await world.clock.runUntil(() => a.outcomes.has(id));
    expect([a.outcomes.get(id), payloads(b), acknowledgements]).toEqual(['sent', ['15'], ['2015 5']]);
    expect(a.link.neighbours.byShort(shortOf(2))?.nextFrameCounter).toBe(1);
  });

  it('of exactly the room that it states, and refuses more', async () => {
    const world = new LinkWorld('room');
    const [a, b] = await world.pair();
    const network = { kind: 'network' } as const;
    const [short, extended] = [
      { kind: 'short', short: shortOf(2) },
      { kind: 'extended', extended: extendedOf(2) },
    ] as const;
    expect(payloadRoom({ destination: short, source: 'short', protection: network })).toBe(106);
    expect(payloadRoom({ destination: extended, source: 'extended', protection: network })).toBe(94);
    expect(payloadRoom({ destination: extended, source: 'extended', protection: { kind: 'none' } })).toBe(104);
    expect(await world.send(a, 2, '5a'.repeat(106))).toBe('sent');
    expect(await world.send(a, 2, '5a'.repeat(107))).toBe('refused');
    expect(b.frames.length).toBe(1);
  });

  it('counts every frame with a counter of its own, one above the last', async () => {
    const world = new LinkWorld('counters');
    const [a, b] = await world.pair();
    for (let i = 0; i < 5; i++) await world.send(a, 2, `0${i}`);
    expect(a.keys.nextMacCounter).toBe(5);
    expect(b.link.neighbours.byShort(shortOf(1))?.nextFrameCounter).toBe(5);
  });
});

describe('a link repeats what is not acknowledged', () => {
  it('sixteen times, the same bytes, and then says so', async () => {
    const world = new LinkWorld('nobody');
    const a = await world.open(1);
    const seen = new Set<string>();
    world.ether.tap(({ psdu }) => seen.add(toHex(psdu)));
    expect(await world.send(a, 2, '01')).toBe('no-acknowledgement');
    expect([a.link.counters.transmitted, seen.size]).toEqual([16, 1]);
  });

  it('and the receiver takes one that it got twice once: secured by counter, unsecured by sequence number', async () => {
    const world = new LinkWorld('lost acknowledgements');
    const [a, b] = await world.pair();
    let acknowledgements = 0;
    world.ether.tamper = (psdu) =>
      readPsdu(psdu)?.frame.type === 'acknowledgement' && acknowledgements++ < 3 ? [] : [psdu];
    expect(await world.send(a, 2, '01')).toBe('sent');
    expect([payloads(b), b.link.counters.duplicate]).toEqual([['01'], 3]);
    acknowledgements = 0;
    const destination = { kind: 'extended', extended: extendedOf(2) } as const;
    const id = a.link.send(
      { destination, source: 'extended', protection: { kind: 'none' }, payload: fromHex('02') },
      world.clock.now(),
    );
    a.pump();
    await world.clock.runUntil(() => a.outcomes.has(id));
    expect([payloads(b), b.link.counters.duplicate]).toEqual([['01', '02'], 6]);
  });

  it('through loss of three in ten frames, in order, none twice, from a seed', async () => {
    const world = new LinkWorld('loss', { loss: 0.3 });
    const [a, b] = await world.pair();
    const wanted = Array.from({ length: 60 }, (_, i) => i.toString(16).padStart(4, '0'));
    const ids = wanted.map((payload) => world.give(a, 2, payload));
    await world.clock.runUntil(() => ids.every((id) => a.outcomes.has(id)));
    expect(payloads(b)).toEqual(wanted);
  });

  it('over an ether that doubles and reorders: none is taken twice, none that another overtook', async () => {
    const world = new LinkWorld('reordering', { duplication: 0.3, reordering: 0.1, reorderingDelay: 3 });
    const [a, b] = await world.pair();
    const ids = Array.from({ length: 60 }, (_, i) => world.give(a, 2, i.toString(16).padStart(4, '0')));
    await world.clock.runUntil(() => ids.every((id) => a.outcomes.has(id)));
    const taken = payloads(b);
    expect({ seed: world.seed, taken }).toEqual({ seed: world.seed, taken: [...new Set(taken)].sort() });
    expect(ids.filter((id) => a.outcomes.get(id) === 'sent').length > 55).toBe(true);
    expect(b.link.counters.duplicate > 10).toBe(true);
  });

  it('backs off from a busy channel, and gives up when it never is free', async () => {
    const world = new LinkWorld('jammer');
    const [a, b] = await world.pair();
    world.ether.interfere({ channel: 15, from: world.clock.now(), duration: 20 });
    expect(await world.send(a, 2, '01')).toBe('sent');
    expect(a.link.counters.busy > 0).toBe(true);
    world.ether.interfere({ channel: 15, from: world.clock.now(), duration: 60_000 });
    expect(await world.send(a, 2, '02')).toBe('channel-busy');
    expect(payloads(b)).toEqual(['01']);
    expect(a.link.counters.transmitted).toBe(1);
  });

  it('lets ten that all have something for one share the channel', async () => {
    const world = new LinkWorld('crowd');
    const center = await world.open(1);
    const around: LinkNode[] = [];
    for (let number = 2; number <= 11; number++) {
      const node = await world.open(number);
      meet(center, node);
      around.push(node);
    }
    const ids = around.map((node) => world.give(node, 1, node.link.short!.toString(16).padStart(4, '0')));
    await world.clock.runUntil(() => around.every((node, at) => node.outcomes.has(ids[at]!)));
    expect(new Set(payloads(center)).size).toBe(10);
    expect(payloads(center).length).toBe(10);
  });
});

describe('a link serves sleepy children', () => {
  it('keeps a frame until the child polls, says so in the acknowledgement, and sends it then', async () => {
    const world = new LinkWorld('sleepy');
    const [parent, child] = await world.sleepyPair(500);
    const id = world.give(parent, 2, '01');
    world.clock.advance(400);
    expect(parent.outcomes.size).toBe(0);
    await world.clock.runUntil(() => parent.outcomes.has(id));
    expect([parent.outcomes.get(id), payloads(child)]).toEqual(['sent', ['01']]);
    expect(child.events.filter(({ kind }) => kind === 'polled')).toEqual([{ kind: 'polled', pending: true }]);
    await world.clock.runUntil(() => child.events.length >= 3);
    expect(child.events.slice(1)).toEqual([
      { kind: 'polled', pending: false },
      { kind: 'polled', pending: false },
    ]);
    expect(parent.events.filter(({ kind }) => kind === 'child-polled').length).toBe(3);
  });

  it('gives a child one frame a poll, and the frame pending bit of each lets it poll again at once', async () => {
    const world = new LinkWorld('fragments');
    const [parent, child] = await world.sleepyPair(5000);
    const payloadsGiven = ['01', '02', '03', '04'];
    for (const payload of payloadsGiven) world.give(parent, 2, payload);
    const start = world.clock.now();
    await world.clock.runUntil(() => child.frames.length === 4);
    expect(payloads(child)).toEqual(payloadsGiven);
    expect(child.frames.map(({ framePending }) => framePending)).toEqual([true, true, true, false]);
    expect(world.clock.now() - start < 5100).toBe(true);
  });

  it('gives a frame up after four polls that could not be answered, the same bytes each time', async () => {
    const world = new LinkWorld('deaf');
    const [parent] = await world.sleepyPair(300);
    const seen: string[] = [];
    world.ether.tamper = (psdu, from) => {
      const type = readPsdu(psdu)?.frame.type;
      if (from === parent.name && type === 'data') seen.push(toHex(psdu));
      return from === parent.name && type === 'data' ? [] : [psdu];
    };
    const id = world.give(parent, 2, '01');
    await world.clock.runUntil(() => parent.outcomes.has(id));
    expect(parent.outcomes.get(id)).toBe('no-acknowledgement');
    expect([seen.length, new Set(seen).size]).toEqual([4, 1]);
  });

  it('sends what waited as soon as the child listens all the time, and drops it when the child is removed', async () => {
    const world = new LinkWorld('mode change');
    const [parent, child, gone] = [await world.open(1), await world.open(2), await world.open(3)];
    meet(parent, child, { receiveOn: false, isChild: true });
    meet(parent, gone, { receiveOn: false, isChild: true });
    const ids = [world.give(parent, 2, '01'), world.give(parent, 2, '02'), world.give(parent, 3, '03')];
    world.clock.advance(1000);
    expect(parent.outcomes.size).toBe(0);
    parent.link.neighbours.enter(extendedOf(2), { receiveOn: true });
    parent.link.neighbours.remove(extendedOf(3));
    parent.pump();
    await world.clock.runUntil(() => parent.outcomes.size === 3);
    expect([ids.map((id) => parent.outcomes.get(id)), payloads(child)]).toEqual([
      ['sent', 'sent', 'dropped'],
      ['01', '02'],
    ]);
  });

  it('a child whose parent is gone is told at each poll that fails', async () => {
    const world = new LinkWorld('orphan');
    const child = await world.open(2);
    world.fallAsleep(child, 300);
    await world.clock.runUntil(() => child.events.length === 4);
    expect(child.events).toEqual([1, 2, 3, 4].map((failures) => ({ kind: 'poll-failed', failures })));
  });

  it('a sleepy node hears nothing but what it polls for, unless it is kept awake', async () => {
    const world = new LinkWorld('awake');
    const [a, b] = await world.pair();
    b.link.setReceiveOn(false);
    b.pump();
    await world.send(a, 'all', '01');
    b.link.stayAwake(world.clock.now() + 50);
    b.pump();
    await world.send(a, 'all', '02');
    world.clock.advance(50);
    await world.send(a, 'all', '03');
    expect(payloads(b)).toEqual(['02']);
  });
});

describe('a link tells each outcome once', () => {
  it('for frames that are withdrawn, whose child left, and when it is reset', async () => {
    const world = new LinkWorld('withdrawn');
    const [parent, child] = [await world.open(1), await world.open(2)];
    meet(parent, child, { receiveOn: false, isChild: true });
    const [first, second] = [world.give(parent, 2, '01'), world.give(parent, 2, '02')];
    parent.link.withdraw(first);
    parent.link.withdrawIndirect(extendedOf(2));
    const third = world.give(parent, 3, '03');
    const fourth = world.give(parent, 3, '04');
    parent.link.reset(world.clock.now());
    parent.pump();
    await world.clock.runUntil(() => parent.outcomes.size === 4);
    expect([first, second, third, fourth].map((id) => parent.outcomes.get(id))).toEqual(Array(4).fill('dropped'));
    expect(parent.link.backlog).toBe(0);
  });

  it('and refuses what is beyond its queues', async () => {
    const world = new LinkWorld('full');
    const [parent, child] = [await world.open(1), await world.open(2)];
    meet(parent, child, { receiveOn: false, isChild: true });
    const indirect = Array.from({ length: 40 }, () => world.give(parent, 2, '01'));
    await world.clock.runUntil(() => parent.outcomes.size === 8);
    expect(indirect.filter((id) => parent.outcomes.get(id) === 'refused').length).toBe(8);
    const direct = Array.from({ length: 80 }, () => world.give(parent, 3, '01'));
    world.clock.advance(0);
    // One is on its way and 64 wait.
    expect(direct.filter((id) => parent.outcomes.get(id) === 'refused').length).toBe(15);
  });
});
