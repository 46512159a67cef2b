import { decode, fromHex, toHex, trace } from '@selvage/core';
import { mutateFields } from '@selvage/core/testing';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { FrameCipher } from '../../src/mac/frame-cipher.js';
import { headerElementIds } from '../../src/mac/frame/elements.js';
import { writeFrameCheck } from '../../src/mac/frame/frame-check.js';
import { headerLength, macFrame } from '../../src/mac/frame/mac-frame.js';
import { readPsdu } from '../../src/mac/receiver.js';
import { captures } from '../support/captures.js';
import { extendedOf, type LinkNode, LinkWorld, meet, payloads, shortOf } from '../support/link-world.js';
import { openCaptured } from '../support/open-captured.js';

/** Damaged copies of a PSDU: every field in turn, in up to six ways, under a check sequence that is right. */
function damaged(psdu: Uint8Array): Uint8Array[] {
  const body = psdu.subarray(0, -2);
  const seen = new Map<string, Uint8Array>();
  for (const changed of mutateFields(body, trace(macFrame, body))) {
    const whole = new Uint8Array(changed.length + 2);
    whole.set(changed);
    writeFrameCheck(whole);
    if (toHex(whole) !== toHex(psdu)) seen.set(toHex(whole), whole);
  }
  return [...seen.values()];
}

/** All that a node keeps, but for its counters. */
function stateOf({ link, keys, frames, events, outcomes }: LinkNode): string {
  const neighbours = [...link.neighbours].map((neighbour) => [
    toHex(neighbour.extended),
    neighbour.short,
    neighbour.receiveOn,
    neighbour.keySequence,
    neighbour.nextFrameCounter,
    neighbour.averageRssi,
    neighbour.lastHeard,
  ]);
  const own = [link.panId, link.short, toHex(link.extended), link.channel, link.backlog];
  return JSON.stringify([neighbours, own, keys.current.sequence, frames.length, events.length, outcomes.size]);
}

type Give = (world: LinkWorld, a: LinkNode, b: LinkNode) => void;

const elements = [
  { id: headerElementIds.csl, body: fromHex('0a00f401') },
  { id: headerElementIds.termination2, body: fromHex('') },
];
const network = { kind: 'network' } as const;
const payload = fromHex('7f33a0a1a2a3');

/** Each secured kind of frame that one node sends to another, and how many damaged copies of it there are. */
const kinds: readonly (readonly [name: string, damagedCopies: number, give: Give])[] = [
  ['data from short to short', 42, (world, a) => void world.give(a, 2, '7f33a0a1a2a3')],
  ['data to everybody', 41, (world, a) => void world.give(a, 'all', '7f33a0a1a2a3')],
  [
    'data between extended addresses',
    36,
    (world, a) =>
      void a.link.send(
        {
          destination: { kind: 'extended', extended: extendedOf(2) },
          source: 'extended',
          protection: network,
          payload,
        },
        world.clock.now(),
      ),
  ],
  [
    'a frame of 2015',
    54,
    (world, a) =>
      void a.link.send(
        { destination: { kind: 'short', short: shortOf(2) }, source: 'short', protection: network, payload, elements },
        world.clock.now(),
      ),
  ],
  [
    'a data request',
    45,
    (world, a) => {
      const parent = { kind: 'short', short: shortOf(2) } as const;
      a.link.setPolling({ parent, source: 'short', period: 1_000_000 }, world.clock.now());
      a.link.pollSoon(world.clock.now());
    },
  ],
  [
    'Joiner Entrust under the KEK',
    32,
    (world, a) => {
      const key = fromHex('070348169b2b1715d4b377c62a9d4524');
      const destination = { kind: 'extended', extended: extendedOf(2) } as const;
      const protection = { kind: 'given', key, frameCounter: 0 } as const;
      a.link.send({ destination, source: 'extended', protection, payload }, world.clock.now());
    },
  ],
];

describe('every field of every secured frame between two good nodes, flipped on the air', () => {
  for (const [name, expectedCopies, give] of kinds) {
    it(`${name}: changes no state of either, and the good frame is taken afterwards`, async () => {
      const world = new LinkWorld(name);
      const [a, b] = [await world.open(1), await world.open(2)];
      meet(a, b);
      b.link.neighbours.enter(extendedOf(1), { isChild: true });
      b.link.setGivenKey(extendedOf(1), fromHex('070348169b2b1715d4b377c62a9d4524'));
      // The good frame is held back, so that its damaged copies come first and every one is fresh.
      let held: Uint8Array | undefined;
      world.ether.tamper = (psdu, from) => {
        if (from === a.name) held ??= psdu;
        return [];
      };
      give(world, a, b);
      a.pump();
      await world.clock.runUntil(() => held !== undefined);
      await world.clock.runUntil(() => a.link.backlog === 0);
      world.ether.tamper = undefined;
      const before = [stateOf(a), stateOf(b)];
      const copies = damaged(held!);
      for (const copy of copies) {
        world.ether.inject(copy, 15);
        world.clock.advance(20);
      }
      expect([stateOf(a), stateOf(b)]).toEqual(before);
      expect(copies.length).toBe(expectedCopies);
      const events = b.events.length;
      world.ether.inject(held!, 15, (radio) => radio === b.name);
      world.clock.advance(20);
      expect(payloads(b).length + b.events.length - events).toBe(1);
    });
  }

  it('an acknowledgement that was changed is none: the frame is sent again and taken once', async () => {
    const world = new LinkWorld('acknowledgements');
    const [a, b] = await world.pair();
    let copies: Uint8Array[] = [];
    let acknowledgements = 0;
    world.ether.tamper = (psdu, from) => {
      if (from !== b.name) return [psdu];
      if (copies.length === 0) copies = damaged(psdu).filter((copy) => !isItsAcknowledgement(copy, psdu));
      const copy = copies[acknowledgements++];
      return [copy ?? psdu];
    };
    let sent = 0;
    while (acknowledgements <= copies.length || sent === 0) {
      expect(await world.send(a, 2, sent.toString(16).padStart(4, '0'))).toMatch(/sent|no-acknowledgement/);
      sent++;
    }
    expect(copies.length).toBe(8);
    expect(payloads(b)).toEqual(Array.from({ length: sent }, (_, i) => i.toString(16).padStart(4, '0')));
  });
});

describe('every field of every secured frame of captures 01-07, flipped', () => {
  it('opens under no circumstances', () => {
    let tried = 0;
    let frames = 0;
    for (const capture of captures()) {
      const seen = new Set<string>();
      for (const captured of capture.frames) {
        // A repetition has the same bytes; nothing new is learnt from it.
        if (seen.has(toHex(captured.psdu))) continue;
        seen.add(toHex(captured.psdu));
        const opened = openCaptured(capture, captured);
        if (opened === undefined) continue;
        frames++;
        const cipher = new FrameCipher(nativeCore, opened.key, opened.sender);
        for (const copy of damaged(captured.psdu)) {
          tried++;
          if (opensWith(cipher, copy.subarray(0, -2))) expect(toHex(copy)).toBe('refused');
        }
      }
    }
    expect([frames, tried]).toEqual([1148, 50_639]);
  });
});

function opensWith(cipher: FrameCipher, body: Uint8Array): boolean {
  let frame;
  try {
    frame = decode(macFrame, body);
  } catch {
    return false;
  }
  if (frame.security?.frameCounter === undefined || frame.security.level !== 5) return false;
  const at = headerLength(body.length, frame);
  return cipher.open(frame.security.frameCounter, body.subarray(0, at), body.subarray(at)) !== undefined;
}

/** Nothing authenticates an immediate acknowledgement: one with the right number is one, whatever else it says. */
function isItsAcknowledgement(copy: Uint8Array, original: Uint8Array): boolean {
  const frame = readPsdu(copy)?.frame;
  return frame?.type === 'acknowledgement' && frame.version !== 2015 && frame.sequenceNumber === original[2];
}
