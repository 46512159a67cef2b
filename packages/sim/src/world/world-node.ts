import { type Clock, type Entropy, type Instant, SelvageError, type Store } from '@selvage/core';
import type { CryptoCore, KeyHome } from '@selvage/crypto';
import {
  type Dataset,
  defaultChildSettings,
  type Entrusted,
  type NodeEvent,
  type NodeRunner,
  openThreadNode,
  type OpenNodeOptions,
  type Position,
  type Radio,
  type ThreadNode,
  type VirtualEther,
} from '@selvage/thread';
import type { EnergyMeter } from '../energy/energy-meter.js';
import { DeviceJoin, type JoinSpec, type JoinStory } from './device-join.js';
import type { Flash } from './flash.js';
import { type NodeKind, settingsOf } from './node-kind.js';
import type { WatchedKeyHome } from './watched-key-home.js';
import type { WorkWatch } from './work-watch.js';

/** What a node does when it is switched on. */
export type Beginning = 'lead' | 'attach' | 'nothing';

/** What a {@link WorldNode} is, for as long as the world stands. */
export interface NodeSpec {
  readonly name: string;
  readonly kind: NodeKind;
  readonly position?: Position | undefined;
  /** Of a sleepy one, milliseconds. */
  readonly pollPeriod?: number | undefined;
  /** Of a full device, where it is not as usual. */
  readonly router?: OpenNodeOptions['router'];
  /** Of one that has no dataset, but a passphrase. */
  readonly join?: JoinSpec | undefined;
}

/** What of the world a node is in. */
export interface NodeSurroundings {
  readonly core: CryptoCore;
  /** Where the world counts what its nodes do. */
  readonly energy: EnergyMeter | undefined;
  readonly clock: Clock;
  readonly ether: VirtualEther;
  readonly watch: WorkWatch;
  readonly dataset: () => Dataset;
  readonly flash: Flash;
  readonly home: WatchedKeyHome;
  /** For a node that only joins, and keeps nothing. */
  readonly passing: () => { readonly home: KeyHome; readonly store: Store };
  /** Of one start: a node that starts again does not draw the same again. */
  readonly entropyOf: (start: number) => Entropy;
  readonly tell: (event: NodeEvent, at: Instant) => void;
}

/** Off; on its way up; on its way into a network; on. */
type Power =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'joining'; readonly join: DeviceJoin }
  | { readonly kind: 'on'; readonly runner: NodeRunner };

/** A node of a world: a Thread node that is switched on and off, with what outlasts that. */
export class WorldNode {
  readonly name: string;
  readonly kind: NodeKind;
  readonly #spec: NodeSpec;
  readonly #in: NodeSurroundings;
  readonly #pings = new Map<number, (roundTrip: number | undefined) => void>();
  #position: Position | undefined;
  #power: Power = { kind: 'off' };
  #starts = 0;
  /** What it joined, which outlasts its restarts. */
  #entrusted: Entrusted | undefined;
  #story: JoinStory | undefined;

  /** @internal A world makes its nodes. */
  constructor(spec: NodeSpec, surroundings: NodeSurroundings) {
    this.name = spec.name;
    this.kind = spec.kind;
    this.#spec = spec;
    this.#in = surroundings;
    this.#position = spec.position;
  }

  /** What it did since the world has it; undefined where the world does not count. */
  get energy(): EnergyMeter | undefined {
    return this.#in.energy;
  }

  get isOn(): boolean {
    return this.#power.kind !== 'off';
  }

  get position(): Position | undefined {
    return this.#position;
  }

  /** The node itself; undefined while it is off, and until it is up. */
  get thread(): ThreadNode | undefined {
    return this.runner?.node;
  }

  get runner(): NodeRunner | undefined {
    return this.#power.kind === 'on' ? this.#power.runner : undefined;
  }

  /** Whether it is on, and looks for a network that lets it in. */
  get isJoining(): boolean {
    return this.#power.kind === 'joining';
  }

  /** How its join went so far; undefined for one that never began. */
  get joinStory(): JoinStory | undefined {
    return this.#power.kind === 'joining' ? this.#power.join.story : this.#story;
  }

  /** What it needs to join. */
  get joinSpec(): JoinSpec | undefined {
    return this.#spec.join;
  }

  /** Its mesh-local address, which stays as it is in whatever role; undefined while it is off. */
  get address(): Uint8Array | undefined {
    return this.thread?.ip.addresses.unicast.find(({ kind }) => kind === 'mesh-local')?.address;
  }

  /** How long what is sent to it may wait for its next poll, milliseconds. */
  get sleeps(): number {
    return this.kind === 'sleepy' ? (this.#spec.pollPeriod ?? defaultChildSettings.pollPeriod) : 0;
  }

  /**
   * Switches it on. What it was in its network it tries to be again; one that has none yet, but a passphrase, joins first.
   * @throws SelvageError `wrong-state` where it is on
   */
  start(beginning: Beginning): void {
    if (this.#power.kind !== 'off') throw new SelvageError('wrong-state', `${this.name} is on already`);
    this.#in.watch.touch();
    const { join } = this.#spec;
    if (join !== undefined && this.#entrusted === undefined && beginning !== 'nothing') return this.#join(join);
    this.#open(beginning);
  }

  /** Switches it off as an operator does: what it was writing is written. */
  stop(): void {
    this.#in.flash.close();
    this.#off();
  }

  /** Takes its power away: what is not durable is lost. */
  cutPower(): void {
    this.#in.flash.cutPower();
    this.#off();
  }

  move(position: Position): void {
    this.#position = position;
    if (this.isOn) this.#in.ether.place(this.name, position);
  }

  /** Calls the node, where it is on, and lets begin what it then wants. */
  run<T>(action: (node: ThreadNode, now: Instant) => T): T | undefined {
    return this.runner?.run(action);
  }

  /** Pings, and calls back with the round trip in milliseconds; with undefined where there was no answer in time. */
  ping(
    destination: Uint8Array,
    size: number,
    patience: number,
    answered: (roundTrip: number | undefined) => void,
  ): void {
    if (this.thread === undefined) return answered(undefined);
    this.run((node, now) => this.#pings.set(node.ping(destination, size, patience, now), answered));
  }

  #open(beginning: Beginning): void {
    const power: Power = { kind: 'starting' };
    this.#power = power;
    void this.#start(power, beginning);
  }

  #join(spec: JoinSpec): void {
    const { core, clock, watch, passing, entropyOf, tell } = this.#in;
    const join: DeviceJoin = new DeviceJoin(spec, {
      core,
      clock,
      entropy: entropyOf(this.#starts++),
      radio: this.#radio(),
      ...passing(),
      tell: (event) => tell(event, clock.now()),
      joined: (entrusted) => {
        this.#entrusted = entrusted;
        this.#story = join.story;
        watch.touch();
        void join.stop();
        this.#open('attach');
      },
    });
    const power: Power = { kind: 'joining', join };
    this.#power = power;
    join.start().catch((error: unknown) => {
      if (this.#power !== power) return;
      this.#off();
      tell({ kind: 'failed', reason: error instanceof SelvageError ? error.message : 'it failed' }, clock.now());
    });
  }

  async #start(power: Power, beginning: Beginning): Promise<void> {
    const { core, clock, flash, home, entropyOf, tell } = this.#in;
    const dataset = this.#entrusted?.dataset ?? this.#in.dataset();
    const entropy = entropyOf(this.#starts++);
    const radio = this.#radio();
    const [networkKey] = await home.list();
    const parts = { core, entropy, clock, radio, home, store: flash.open(), dataset, networkKey };
    const { child, router } = settingsOf(this.kind, this.#spec.pollPeriod);
    try {
      const runner = await openThreadNode({ ...parts, child, router: { ...router, ...this.#spec.router } });
      // The power may have gone in the meantime.
      if (this.#power !== power) return await runner.stop();
      const on: Power = { kind: 'on', runner };
      this.#power = on;
      runner.onEvent((event) => {
        // What a node says when it has lost its power is heard by nobody.
        if (this.#power === on) this.#heard(event, clock.now());
      });
      this.#begin(runner, beginning);
    } catch (error) {
      radio.close();
      if (this.#power === power) this.#power = { kind: 'off' };
      const reason = error instanceof SelvageError ? error.message : 'it failed';
      tell({ kind: 'failed', reason }, clock.now());
    }
  }

  /** A new one, on the air of the world. */
  #radio(): Radio {
    const { ether, energy } = this.#in;
    const radio = ether.open(this.name, this.#position);
    return energy?.metered(radio) ?? radio;
  }

  #begin(runner: NodeRunner, beginning: Beginning): void {
    if (beginning === 'nothing') return;
    runner.run((node, now) => (beginning === 'lead' ? node.lead(now) : node.attach(now)));
  }

  #heard(event: NodeEvent, at: Instant): void {
    if (event.kind === 'echo') {
      const { outcome } = event;
      const answered = this.#pings.get(outcome.sequence);
      this.#pings.delete(outcome.sequence);
      answered?.(outcome.kind === 'reply' ? outcome.roundTrip : undefined);
    }
    if (event.kind === 'role' && event.rloc16 !== undefined && this.#story?.attachedAt === undefined) {
      this.#story = this.#story && { ...this.#story, attachedAt: at };
    }
    this.#in.tell(event, at);
  }

  #off(): void {
    const power = this.#power;
    if (power.kind === 'joining') this.#story = power.join.story;
    this.#power = { kind: 'off' };
    this.#in.watch.touch();
    if (power.kind === 'joining') void power.join.stop();
    if (power.kind === 'on') void power.runner.stop();
    // Nobody waits for the answers to a node that is off.
    const waiting = [...this.#pings.values()];
    this.#pings.clear();
    for (const answered of waiting) answered(undefined);
  }
}
