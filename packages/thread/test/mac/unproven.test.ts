/** What a frame must not be taken for: one that is over for good, and an acknowledgement that nobody proved. */
import { fromHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { isOurAcknowledgement } from '../../src/mac/acknowledged.js';
import type { FrameOpener } from '../../src/mac/frame-opener.js';
import type { MacFrame } from '../../src/mac/frame/mac-frame.js';
import { NeighbourEntry } from '../../src/mac/neighbour-entry.js';
import { OwnIdentity } from '../../src/mac/own-identity.js';

const [ours, theirs] = [fromHex('0200000000000001'), fromHex('0200000000000002')];

describe('the freshness of a secured frame', () => {
  it('ends for good with a key sequence: one below is replayed, whatever its counter', () => {
    const entry = new NeighbourEntry(theirs);
    entry.accept(5, 9);
    expect([0, 9, 10, 0xffff_ffff].map((counter) => entry.freshness(4, counter))).toEqual(Array(4).fill('replayed'));
    expect([8, 9, 10].map((counter) => entry.freshness(5, counter))).toEqual(['replayed', 'duplicate', 'fresh']);
    expect(entry.freshness(6, 0)).toBe('fresh');
  });
});

describe('an enhanced acknowledgement', () => {
  const acknowledgement: MacFrame = {
    type: 'acknowledgement',
    version: 2015,
    framePending: false,
    acknowledgementRequest: false,
    panIdCompression: true,
    reserved: 0,
    sequenceNumber: 7,
    destination: { kind: 'extended', extended: ours },
    payload: new Uint8Array(0),
  };
  const isTaken = (isSecured: boolean): boolean => {
    const frame = { psdu: new Uint8Array(0), sequenceNumber: 7, is2015: true, isSecured };
    const sent = { frame, destination: { kind: 'extended', extended: theirs } } as const;
    // It opens nothing: what is not secured is not asked for.
    const opener = { open: () => undefined } as unknown as FrameOpener;
    return isOurAcknowledgement(acknowledgement, new Uint8Array(0), sent, new OwnIdentity(ours), opener, 0);
  };

  it('that is not secured is none of a frame that was', () => {
    expect([isTaken(false), isTaken(true)]).toEqual([true, false]);
  });
});
