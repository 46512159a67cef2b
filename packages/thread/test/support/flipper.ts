import { decode } from '@selvage/core';
import { macFrame, writeFrameCheck } from '@selvage/thread';
import type { MeshNode, MeshWorld } from './mesh-world.js';
import { dropsOf, stateOf } from './node-state.js';

/** What a frame that was flipped did although it should have done nothing. */
export interface Violation {
  readonly byte: number;
  readonly frame: string;
  readonly before: string;
  readonly after: string;
}

/** Bytes of frame control and sequence number, which stand before everything else. */
const head = 3;
/** The frame type that a bit makes of a data request. */
const acknowledgement = 2;

/** Frames one bit of whose every byte was flipped on its way, and what came of it. Eight passes flip every bit. */
export class Flipper {
  readonly violations: Violation[] = [];
  readonly uncounted: string[] = [];
  readonly #nodes: readonly MeshNode[];
  readonly #world: MeshWorld;
  readonly #pass: number;
  flips = 0;

  constructor(world: MeshWorld, nodes: readonly MeshNode[], pass: number) {
    this.#world = world;
    this.#nodes = nodes;
    this.#pass = pass;
    world.ether.tamper = (psdu, _from, to) => this.#frames(psdu, to) as Iterable<Uint8Array> as Uint8Array[];
  }

  /** The frame with a bit of each byte flipped, one after the other, and then as it is. */
  *#frames(psdu: Uint8Array, to: string): Generator<Uint8Array> {
    const node = this.#nodes.find(({ name }) => name === to);
    const { type, security } = decode(macFrame, psdu.subarray(0, -2));
    // The head of an unprotected frame is anybody's: what is flipped there is the matter of `head-flips.test.ts`.
    const isFree = security === undefined;
    if (node !== undefined && !(isFree && type !== 'data')) {
      for (let byte = isFree ? head : 0; byte < psdu.length - 2; byte++) yield* this.#flipped(psdu, byte, node, isFree);
    }
    yield psdu;
  }

  *#flipped(psdu: Uint8Array, byte: number, node: MeshNode, isFree: boolean): Generator<Uint8Array> {
    const flipped = Uint8Array.from(psdu);
    flipped[byte] = (flipped[byte] as number) ^ (1 << ((byte + this.#pass) & 7));
    // A repetition is one by its sequence number, which nothing protects: each copy has another.
    if (isFree) flipped[2] = (psdu[2] as number) + 1 + (this.flips % 200);
    writeFrameCheck(flipped);
    const [before, drops] = [stateOf(node), dropsOf(node)];
    this.flips++;
    yield flipped;
    const after = stateOf(node);
    const frame = `${Buffer.from(flipped).toString('hex')} at ${this.#world.clock.now()}`;
    if (after !== before) this.violations.push({ byte, frame, before, after });
    // An acknowledgement that nobody waits for is what everybody overhears all the time.
    const isOverheard = ((flipped[0] as number) & 7) === acknowledgement;
    if (dropsOf(node) !== drops + (isOverheard ? 0 : 1)) this.uncounted.push(`${byte} of ${frame}`);
  }
}
