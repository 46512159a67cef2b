import { decode } from '@selvage/core';
import { macFrame, writeFrameCheck } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { type MeshNode, MeshWorld } from '../support/mesh-world.js';
import { lastingStateOf } from '../support/node-state.js';

/**
 * What a bit does that is flipped in an unprotected frame: its fields say how the rest is read, so that a frame is lost
 * and sent again; or nothing at all, for what it carries is MLE, which proves itself.
 */
const bits = {
  'frame type': [0, 1, 2],
  'security enabled': [3],
  'frame pending': [4],
  'acknowledgement request': [5],
  'PAN compression': [6],
  reserved: [7],
  'of frames of 2015 alone: sequence number suppressed, elements present': [8, 9],
  'destination addressing': [10, 11],
  '2003 or 2006, which differ in secured frames alone': [12],
  'version 2015': [13],
  'source addressing': [14, 15],
  'sequence number, which an acknowledgement repeats': [16, 17, 18, 19, 20, 21, 22, 23],
} as const;
const harmless: readonly (keyof typeof bits)[] = [
  'frame pending',
  'reserved',
  'of frames of 2015 alone: sequence number suppressed, elements present',
  '2003 or 2006, which differ in secured frames alone',
];

/** One bit of one unprotected frame that is sent flipped instead of as it is. */
interface Flip {
  /** Counted over unprotected data frames. */
  readonly frame: number;
  readonly bit: number;
}

interface Life {
  readonly unprotected: number;
  readonly states: readonly string[];
}

/** A node attaches and lives for a while, on an air on which one bit is flipped. */
async function live(sleepy: boolean, flip: Flip | undefined): Promise<Life> {
  const world = new MeshWorld(`heads-${String(sleepy)}`);
  const leader = await world.lead();
  const child = await world.open('child', { child: { sleepy, pollPeriod: 300, timeout: 10 } });
  let unprotected = 0;
  let last: Uint8Array | undefined;
  let isFlipped = false;
  world.ether.tamper = (psdu) => {
    const { type, security } = decode(macFrame, psdu.subarray(0, -2));
    if (type !== 'data' || security !== undefined) return [psdu];
    if (psdu !== last) {
      isFlipped = unprotected === flip?.frame;
      unprotected++;
    }
    last = psdu;
    return [isFlipped && flip !== undefined ? flipped(psdu, flip.bit) : psdu];
  };
  child.runner.run((engine, now) => engine.attach(now));
  await world.until(() => child.runner.node.role === 'child');
  await world.pass(8000);
  const states = [leader, child].map((node: MeshNode) => lastingStateOf(node));
  return { unprotected, states };
}

function flipped(psdu: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(psdu);
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  writeFrameCheck(copy);
  return copy;
}

describe('every bit of frame control and sequence number of unprotected frames, flipped instead', () => {
  it.each([
    ['awake', false, 10],
    ['asleep', true, 5],
  ] as const)('costs a frame at most, and no state is another: a child attaches %s', async (_name, sleepy, frames) => {
    const good = await live(sleepy, undefined);
    expect(good.unprotected).toBe(frames);
    const costly = new Set<string>();
    for (const [field, itsBits] of Object.entries(bits)) {
      for (const bit of itsBits) {
        for (let frame = 0; frame < frames; frame++) {
          const life = await live(sleepy, { frame, bit });
          expect(life.states, `bit ${bit} of frame ${frame}`).toEqual(good.states);
          if (life.unprotected !== good.unprotected) costly.add(field);
        }
      }
    }
    expect(Object.values(bits).flat().length).toBe(24);
    expect(Object.keys(bits).filter((field) => !costly.has(field))).toEqual(harmless);
  });
});
