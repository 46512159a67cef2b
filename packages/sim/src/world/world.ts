import { fromHex, type Instant, SelvageError } from '@selvage/core';
import { type Seed, SeededEntropy, SeededRandom, VirtualClock } from '@selvage/core/virtual';
import { type CryptoCore, nativeCore } from '@selvage/crypto';
import {
  type AirConditions,
  type CommissionerEvent,
  type Dataset,
  generateDataset,
  type NodeEvent,
  type Position,
  VirtualEther,
} from '@selvage/thread';
import { strengthAt } from '../air/strength.js';
import { EnergyMeter } from '../energy/energy-meter.js';
import { Flash } from './flash.js';
import { WatchedKeyHome } from './watched-key-home.js';
import { WorldCommissioner } from './world-commissioner.js';
import { type NodeSpec, WorldNode } from './world-node.js';
import { WorkWatch } from './work-watch.js';

/** How a {@link World} is made. */
export interface WorldOptions {
  /** All that is random in it comes from here: the same seed gives the same world, byte for byte. */
  readonly seed: Seed;
  readonly core?: CryptoCore;
  /** Between any two nodes, where nothing else is said of them. */
  readonly conditions?: AirConditions;
  /** Metres beyond which nodes that have a position do not hear each other; without it all hear all. */
  readonly range?: number | undefined;
  readonly channel?: number;
  /** Of the network; drawn from the seed by default. */
  readonly dataset?: Dataset;
  /** How long a node's write takes until it is durable, milliseconds; 2 by default. */
  readonly writeTime?: number;
  /** Whether each node counts what it sends, hears and computes. */
  readonly metersEnergy?: boolean;
}

/** What a node of a world told, or a commissioner at one. */
export interface WorldEvent {
  readonly at: Instant;
  readonly node: WorldNode;
  readonly event: NodeEvent | { readonly kind: 'commissioner'; readonly event: CommissionerEvent };
}

const defaults = { channel: 15, writeTime: 2 } as const;
/** How often it is asked whether something holds by now, milliseconds. */
const glance = 100;
/** Timers of one instant beyond which time is taken to stand still. */
const mostAtOnce = 100_000;

/**
 * Thread nodes on one ether in one process, in virtual time, from a seed: the same seed and the same calls at the same
 * virtual times put the same bytes on the air.
 */
export class World {
  readonly clock = new VirtualClock();
  readonly ether: VirtualEther;
  readonly seed: Seed;
  readonly random: SeededRandom;
  /** What nodes are given that are switched on from now on. */
  dataset: Dataset;
  readonly #watch = new WorkWatch();
  readonly #core: CryptoCore;
  readonly #writeTime: number;
  readonly #metersEnergy: boolean;
  readonly #nodes = new Map<string, WorldNode>();
  readonly #listeners = new Set<(event: WorldEvent) => void>();

  constructor({ seed, core = nativeCore, conditions, range, ...options }: WorldOptions) {
    const { channel = defaults.channel, writeTime = defaults.writeTime, metersEnergy = false } = options;
    this.seed = seed;
    this.random = new SeededRandom(`${seed}/world`);
    this.ether = new VirtualEther({
      clock: this.clock,
      seed: `${seed}/air`,
      ...(conditions && { conditions }),
      ...(range !== undefined && { range, strengthAt }),
    });
    this.dataset = options.dataset ?? datasetOf(core, seed, channel);
    this.#core = core;
    this.#writeTime = writeTime;
    this.#metersEnergy = metersEnergy;
  }

  get nodes(): Iterable<WorldNode> {
    return this.#nodes.values();
  }

  get size(): number {
    return this.#nodes.size;
  }

  now(): Instant {
    return this.clock.now();
  }

  /** A node under a name of its own; it is off. @throws SelvageError `address-in-use` */
  add(spec: NodeSpec): WorldNode {
    const { name } = spec;
    if (this.#nodes.has(name)) throw new SelvageError('address-in-use', `there is a node ${name} already`);
    const { clock, ether, seed } = this;
    const watch = this.#watch;
    const energy = this.#metersEnergy ? new EnergyMeter(clock, this.#core) : undefined;
    const core = energy?.core ?? this.#core;
    const entropyOf = (part: string | number): SeededEntropy => new SeededEntropy(`${seed}/${name}/${part}`);
    const random = new SeededRandom(`${seed}/${name}/flash`);
    const node: WorldNode = new WorldNode(spec, {
      core,
      energy,
      clock,
      ether,
      watch,
      dataset: () => this.dataset,
      flash: new Flash({ clock, watch, random, writeTime: this.#writeTime }),
      home: new WatchedKeyHome({ core, entropy: entropyOf('home') }, watch),
      passing: () => ({
        home: new WatchedKeyHome({ core, entropy: entropyOf('passing home') }, watch),
        store: new Flash({ clock, watch, random, writeTime: this.#writeTime }).open(),
      }),
      entropyOf,
      tell: (event, at) => this.#tell({ at, node, event }),
    });
    this.#nodes.set(name, node);
    return node;
  }

  /** @throws SelvageError `invalid-argument` where there is none of this name */
  node(name: string): WorldNode {
    const node = this.#nodes.get(name);
    if (node !== undefined) return node;
    throw new SelvageError('invalid-argument', `there is no node ${name}`);
  }

  /** The node with this name, if there is one. */
  find(name: string): WorldNode | undefined {
    return this.#nodes.get(name);
  }

  /**
   * A commissioner at a node that is on; it petitions at once, and again where it is refused.
   * @throws SelvageError `wrong-state` where the node is off
   */
  commission(name: string): WorldCommissioner {
    const node = this.node(name);
    const { runner } = node;
    if (runner === undefined) throw new SelvageError('wrong-state', `${name} is off`);
    const { clock } = this;
    const entropy = new SeededEntropy(`${this.seed}/${name}/commissioner/${this.now()}`);
    const tell = (event: CommissionerEvent): void =>
      this.#tell({ at: clock.now(), node, event: { kind: 'commissioner', event } });
    return new WorldCommissioner(runner, { core: this.#core, entropy, clock, name, tell });
  }

  /** Calls `listener` for all that nodes tell; returns how to stop it. */
  onEvent(listener: (event: WorldEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back at a virtual instant. */
  at(instant: Instant, action: () => void): void {
    this.clock.wakeAt(instant, action);
  }

  /** Resolves when so many milliseconds of virtual time have passed; the world must be run meanwhile. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.at(this.now() + milliseconds, () => {
        this.touch();
        resolve();
      });
    });
  }

  /**
   * Pings one node from another at its mesh-local address; the world must be run meanwhile.
   * @returns the round trip in milliseconds; undefined where there was no answer in time, or either is off
   */
  ping(from: WorldNode, to: WorldNode, { size = 8, patience = 10_000 } = {}): Promise<number | undefined> {
    return new Promise((resolve) => {
      const answered = (roundTrip: number | undefined): void => {
        this.touch();
        resolve(roundTrip);
      };
      const { address } = to;
      if (address === undefined) answered(undefined);
      else from.ping(address, size, patience, answered);
    });
  }

  /** Says that a promise was begun or settled, so that virtual time waits for what comes of it. */
  touch(): void {
    this.#watch.touch();
  }

  /** A pair that is cut hears nothing of each other, whatever lies between them. */
  setLink(a: string, b: string, conditions: AirConditions | undefined): void {
    this.ether.setLinks(a, b, conditions);
  }

  place(name: string, position: Position): void {
    this.node(name).move(position);
  }

  /** Lets virtual time pass. */
  run(milliseconds: number): Promise<void> {
    return this.runTo(this.now() + milliseconds);
  }

  /**
   * Lets virtual time pass until an instant.
   * @throws SelvageError `timed-out` where time stands still: somebody wants the clock again and again for the same instant
   */
  async runTo(instant: Instant): Promise<void> {
    const { clock } = this;
    let [stoodAt, fired] = [clock.now(), 0];
    for (;;) {
      if (this.#watch.isBusy) await this.#watch.settle();
      const { next } = clock;
      if (next === undefined || next > instant) break;
      if (next > stoodAt) [stoodAt, fired] = [next, 0];
      else if (++fired > mostAtOnce) throw this.#standstill();
      clock.fireNext();
    }
    clock.advanceTo(instant);
  }

  /**
   * Lets virtual time pass until something holds, looking every 100 ms.
   * @returns how long it took; undefined where it does not hold within so many milliseconds
   */
  async until(condition: () => boolean, within: number): Promise<number | undefined> {
    const begun = this.now();
    await this.runTo(begun);
    while (!condition()) {
      const left = begun + within - this.now();
      if (left <= 0) return undefined;
      await this.run(Math.min(glance, left));
    }
    return this.now() - begun;
  }

  #standstill(): SelvageError {
    const now = this.now();
    const names = [...this.nodes].filter(({ thread }) => (thread?.deadline ?? Infinity) <= now).map(({ name }) => name);
    const who = names.length === 0 ? 'somebody' : names.join(', ');
    return new SelvageError(
      'timed-out',
      `virtual time stands still at ${now} ms: ${who} wants the clock at once, again and again`,
    );
  }

  #tell(event: WorldEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function datasetOf(core: CryptoCore, seed: Seed, channel: number): Dataset {
  const values = { channel: { page: 0, channel }, panId: 0xface, meshLocalPrefix: fromHex('fd00110022003300') };
  return generateDataset({ core, entropy: new SeededEntropy(`${seed}/dataset`), values });
}
