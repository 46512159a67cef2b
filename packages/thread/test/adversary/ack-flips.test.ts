import { decode } from '@selvage/core';
import { macFrame, writeFrameCheck } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { type LinkNode, LinkWorld, meet, payloads, shortOf } from '../support/link-world.js';

/** What an acknowledgement was of. */
type Kind = 'data' | 'poll' | 'poll with pending';

interface Outcome {
  /** How often the frame was sent until it was acknowledged. */
  readonly transmissions: number;
  /** Polls of a child that was told that something waits. */
  readonly said: string;
}

/** Sends a frame whose first acknowledgement has one bit flipped. */
async function acknowledgedWith(kind: Kind, bit: number | undefined): Promise<Outcome> {
  const world = new LinkWorld(`ack-${kind}`);
  const [a, b] = [await world.open(1), await world.open(2)];
  meet(a, b, { isChild: false });
  if (kind !== 'data')
    b.link.neighbours.enter(a.link.extended, { short: a.link.short, isChild: true, receiveOn: false });
  let acknowledgements = 0;
  let transmissions = 0;
  world.ether.tamper = (psdu, from, to) => {
    const { type } = decode(macFrame, psdu.subarray(0, -2));
    if (from === a.name && to === b.name && type !== 'acknowledgement') transmissions++;
    if (from !== b.name || type !== 'acknowledgement' || acknowledgements++ > 0 || bit === undefined) return [psdu];
    return [flipped(psdu, bit)];
  };
  const before = states(a, b);
  let said = '';
  if (kind === 'data') {
    expect(await world.send(a, 2, '7f33a0')).toBe('sent');
    expect(payloads(b)).toEqual(['7f33a0']);
  } else {
    if (kind === 'poll with pending') world.give(b, 1, '7f33b0');
    a.link.setPolling(
      { parent: { kind: 'short', short: shortOf(2) }, source: 'short', period: 500 },
      world.clock.now(),
    );
    a.link.pollSoon(world.clock.now());
    a.pump();
    await world.clock.runUntil(() => a.events.some((event) => event.kind === 'polled'));
    said = a.events.map((event) => (event.kind === 'polled' ? String(event.pending) : event.kind)).join();
    const sent = transmissions;
    if (kind === 'poll with pending') await world.clock.runUntil(() => payloads(a).length > 0);
    else world.clock.advance(400);
    expect(payloads(a)).toEqual(kind === 'poll with pending' ? ['7f33b0'] : []);
    transmissions = sent;
  }
  expect(states(a, b)).toBe(before);
  return { transmissions, said };
}

/** What they know of each other, but for counters and strength. */
function states(...nodes: LinkNode[]): string {
  return JSON.stringify(
    nodes.map(({ link, keys }) => [
      [...link.neighbours].map(({ short, receiveOn, isChild, keySequence }) => [
        short,
        receiveOn,
        isChild,
        keySequence,
      ]),
      [link.panId, link.short, link.channel, keys.current.sequence],
    ]),
  );
}

function flipped(psdu: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(psdu);
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  writeFrameCheck(copy);
  return copy;
}

/**
 * Bits without which it is no acknowledgement of ours any more: frame type, security enabled, destination addressing,
 * version 2015, source addressing, sequence number. The rest says nothing that is believed, but for frame pending.
 */
const decisive = [0, 1, 2, 3, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23];
/** Whether a parent has something for its child: a child asks once too often, or at its next poll. */
const framePending = 4;

describe('every bit of an immediate acknowledgement, flipped on the air', () => {
  it.each(['data', 'poll', 'poll with pending'] as const)('of %s: the frame is sent again at most', async (kind) => {
    const good = await acknowledgedWith(kind, undefined);
    const again: number[] = [];
    const saidOtherwise: number[] = [];
    for (let bit = 0; bit < 24; bit++) {
      const { transmissions, said } = await acknowledgedWith(kind, bit);
      if (transmissions !== good.transmissions) again.push(bit);
      else if (said !== good.said) saidOtherwise.push(bit);
    }
    expect(again).toEqual(decisive);
    expect(saidOtherwise).toEqual(kind === 'data' ? [] : [framePending]);
  });
});
