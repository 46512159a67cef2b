import { decode } from '@selvage/core';
import { writeFrameCheck, macFrame } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';
import { dropsOf, stateOf } from '../support/node-state.js';

/** What a frame that was flipped did although it should have done nothing. */
interface Violation {
  readonly byte: number;
  readonly frame: string;
  readonly before: string;
  readonly after: string;
}

/** Frames whose every byte was flipped on its way, and what came of it. */
class Flipper {
  readonly violations: Violation[] = [];
  readonly uncounted: string[] = [];
  flips = 0;
  #isFree = false;
  readonly #nodes: readonly MeshNode[];
  readonly #world: MeshWorld;
  readonly #sleepy: boolean;

  constructor(world: MeshWorld, nodes: readonly MeshNode[], sleepy: boolean) {
    this.#sleepy = sleepy;
    this.#world = world;
    this.#nodes = nodes;
    world.ether.tamper = (psdu, _from, to) => this.#frames(psdu, to) as Iterable<Uint8Array> as Uint8Array[];
  }

  /** The frame with one bit of each byte flipped, one after the other, then or before itself. */
  *#frames(psdu: Uint8Array, to: string): Generator<Uint8Array> {
    const node = this.#nodes.find(({ name }) => name === to);
    if (node === undefined) {
      yield psdu;
      return;
    }
    const { type, security, destination } = decode(macFrame, psdu.subarray(0, -2));
    // The header of an unprotected frame is anybody's: what it carries protects itself, and is then a repetition.
    const free = security === undefined ? 3 : 0;
    this.#isFree = free > 0 && type === 'data';
    // A sleepy child that got something from its parent's address listens no longer: it would not hear the good one.
    const isLast = this.#sleepy && this.#isFree && to === 'child' && destination?.kind === 'extended';
    if (isLast) {
      yield psdu;
      return;
    }
    for (let byte = free; byte < psdu.length - 2; byte++) yield* this.#flipped(psdu, byte, node, type);
    yield psdu;
  }

  *#flipped(psdu: Uint8Array, byte: number, node: MeshNode, type: string): Generator<Uint8Array> {
    const flipped = Uint8Array.from(psdu);
    flipped[byte] = (flipped[byte] as number) ^ (1 << ((this.flips * 5) % 8));
    // A repetition is one by its sequence number, which nothing protects: each copy has another.
    if (this.#isFree) flipped[2] = (psdu[2] as number) + 1 + (this.flips % 200);
    writeFrameCheck(flipped);
    const [before, drops] = [stateOf(node), dropsOf(node)];
    this.flips++;
    yield flipped;
    const after = stateOf(node);
    const frame = `${type} ${Buffer.from(flipped).toString('hex')} at ${this.#world.clock.now()}`;
    if (after !== before) this.violations.push({ byte, frame, before, after });
    if (type === 'data' && dropsOf(node) !== drops + 1) this.uncounted.push(`${byte} of ${frame}`);
  }
}

describe('every byte of every frame between two good nodes, flipped on the air', () => {
  it.each([
    ['awake', false, 2794],
    ['asleep', true, 4089],
  ] as const)('changes no state of either, and is counted: a child attaches %s', async (_name, sleepy, count) => {
    const world = new MeshWorld(`flips-${String(sleepy)}`);
    const leader = await world.lead();
    const child = await world.open('child', { child: { sleepy, pollPeriod: 200, timeout: 10 } });
    const flipper = new Flipper(world, [leader, child], sleepy);
    child.runner.run((engine, now) => engine.attach(now));
    await world.until(() => child.runner.node.role === 'child');
    expect(await world.ping(child, addressOf(leader, 'mesh-local'), 300)).toBeGreaterThan(0);
    expect(await world.ping(leader, addressOf(child, 'mesh-local'), 300)).toBeGreaterThan(0);
    await world.pass(20_000);
    expect(child.runner.node.role).toBe('child');
    expect(flipper.violations.slice(0, 3)).toEqual([]);
    expect(flipper.uncounted.slice(0, 3)).toEqual([]);
    expect(flipper.flips).toBe(count);
  });
});
