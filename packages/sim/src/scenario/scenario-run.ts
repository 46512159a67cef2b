import { SelvageError } from '@selvage/core';
import type { AirConditions } from '@selvage/thread';
import { NonceWatch } from '../air/nonce-watch.js';
import type { JoinSpec } from '../world/device-join.js';
import type { WorldCommissioner } from '../world/world-commissioner.js';
import { World, type WorldEvent } from '../world/world.js';
import { AirTroubles } from './air-troubles.js';
import { checkExpectation, type ClaimParts, type Finding } from './claim-check.js';
import type { Expectation, Scenario, ScenarioEvent } from './scenario.js';

/** What became of an expectation. */
export interface Outcome extends Finding {
  readonly expectation: Expectation;
  /** When it was known. */
  readonly knownAt: number;
}

/** What happens in a run, as it happens. */
export type RunNews =
  | { readonly kind: 'event'; readonly at: number; readonly event: ScenarioEvent }
  | { readonly kind: 'node'; readonly told: WorldEvent }
  | {
      readonly kind: 'ping';
      readonly at: number;
      readonly from: string;
      readonly to: string;
      readonly roundTrip: number | undefined;
    }
  | { readonly kind: 'outcome'; readonly outcome: Outcome };

/** How a scenario is run. */
export interface RunOptions {
  readonly onNews?: (news: RunNews) => void;
  /** Bytes in use, for `memory flat`. */
  readonly heap?: () => number;
  /** Whether each node counts what it sends, hears and computes. */
  readonly metersEnergy?: boolean;
}

/** Of a router that is to be one however many there are. */
const routesAlways = { upgradeThreshold: 32, downgradeThreshold: 33, selectionJitter: 1 } as const;
/** How long after the end expectations may still be checked, milliseconds. */
const grace = 600_000;

/** A scenario that runs: its world, what is done to it, and what became of what was expected. */
export class ScenarioRun {
  readonly scenario: Scenario;
  readonly world: World;
  readonly watch: NonceWatch;
  readonly outcomes: Outcome[] = [];
  readonly #onNews: (news: RunNews) => void;
  readonly #parts: ClaimParts;
  readonly #troubles: AirTroubles;
  readonly #commissioners = new Map<string, WorldCommissioner>();
  #open = 0;

  constructor(scenario: Scenario, { onNews = () => undefined, heap, metersEnergy = false }: RunOptions = {}) {
    const { seed, range, channel, loss = 0, links } = scenario;
    this.scenario = scenario;
    this.#onNews = onNews;
    const conditions: AirConditions = links === undefined ? { loss } : { reaches: false };
    this.world = new World({ seed, conditions, range, metersEnergy, ...(channel !== undefined && { channel }) });
    this.watch = new NonceWatch(this.world);
    this.#parts = { world: this.world, watch: this.watch, heap, firstHeap: undefined };
    this.world.onEvent((told) => this.#onNews({ kind: 'node', told }));
    this.#populate();
    this.#troubles = new AirTroubles(this.world, { loss, links });
    for (const event of scenario.events) this.world.at(event.at, () => this.#do(event));
    for (const expectation of scenario.expectations) this.#expect(expectation);
  }

  get holds(): boolean {
    return this.outcomes.every(({ holds }) => holds);
  }

  get isOver(): boolean {
    return this.world.now() >= this.scenario.until && this.#open === 0;
  }

  /** Lets virtual time pass, and at the end until all expectations are known. */
  async run(milliseconds: number): Promise<void> {
    const left = this.scenario.until - this.world.now();
    await this.world.run(Math.min(milliseconds, left > 0 ? left : milliseconds));
  }

  async toEnd(): Promise<readonly Outcome[]> {
    await this.world.runTo(this.scenario.until);
    await this.world.until(() => this.#open === 0, grace);
    return this.outcomes;
  }

  #populate(): void {
    for (const { startsAt, beginning, alwaysRoutes, ...spec } of this.scenario.nodes) {
      const node = this.world.add({ ...spec, ...(alwaysRoutes === true && { router: routesAlways }) });
      this.world.at(startsAt, () => {
        if (!node.isOn) node.start(beginning);
      });
    }
  }

  #expect(expectation: Expectation): void {
    this.#open++;
    const check = async (): Promise<void> => {
      const finding = await checkExpectation(expectation, this.#parts);
      const outcome = { ...finding, expectation, knownAt: this.world.now() };
      this.#open--;
      this.outcomes.push(outcome);
      this.#onNews({ kind: 'outcome', outcome });
    };
    this.world.at(expectation.at, () => {
      this.world.touch();
      void check();
    });
  }

  #do(event: ScenarioEvent): void {
    const { world } = this;
    this.#onNews({ kind: 'event', at: world.now(), event });
    switch (event.kind) {
      case 'kill':
      case 'powerCut': {
        const node = world.node(event.node);
        if (event.kind === 'kill') node.stop();
        else node.cutPower();
        return this.#later(event.for, () => this.#restart(event.node));
      }
      case 'restart':
        return this.#restart(event.node);
      case 'attach':
      case 'lead':
        return this.#take(event.node, event.kind);
      case 'detach':
        return void world.node(event.node).run((node, now) => node.detach(now));
      case 'move':
        return world.place(event.node, event.to);
      case 'cutLink':
      case 'restoreLink':
        return this.#troubles.cut(event.between, event.kind === 'cutLink');
      case 'jam':
        return this.#jam(event);
      case 'loss':
        return this.#later(event.for, this.#troubles.lose(event.loss, event.between));
      case 'ping':
        return void this.#ping(event);
      case 'commission':
        return this.#commission(event.node);
      case 'admit':
        return this.#admit(event);
      case 'reject':
        return event.nodes.forEach((name) => {
          const { eui64 } = this.#label(name);
          this.#commissioners.get(event.by)?.reject(eui64);
        });
    }
  }

  /** One that is off commissions nothing, as one that is unplugged does. */
  #commission(name: string): void {
    this.#commissioners.get(name)?.stop();
    this.#commissioners.delete(name);
    if (this.world.node(name).runner !== undefined) this.#commissioners.set(name, this.world.commission(name));
  }

  #admit({ nodes, by, passphrase, for: lifetime }: Extract<ScenarioEvent, { kind: 'admit' }>): void {
    const list = nodes.map((name) => {
      const label = this.#label(name);
      return { eui64: label.eui64, passphrase: passphrase ?? label.passphrase, lifetime };
    });
    this.#commissioners.get(by)?.admit(list);
  }

  #label(name: string): JoinSpec {
    const { join } = this.scenario.nodes.find((node) => node.name === name) ?? {};
    if (join === undefined) throw new SelvageError('invalid-argument', `${name} does not join by a passphrase`);
    return join;
  }

  #later(after: number | undefined, action: () => void): void {
    if (after !== undefined) this.world.at(this.world.now() + after, action);
  }

  #restart(name: string): void {
    const node = this.world.node(name);
    if (!node.isOn) node.start('attach');
  }

  #take(name: string, beginning: 'attach' | 'lead'): void {
    const node = this.world.node(name);
    if (!node.isOn) node.start(beginning);
    else if (beginning === 'lead') node.run((thread, now) => thread.lead(now));
    else node.run((thread, now) => thread.attach(now));
  }

  #jam({ for: duration, around, radius = Infinity }: Extract<ScenarioEvent, { kind: 'jam' }>): void {
    const { world } = this;
    const { channel } = world.dataset.get('channel') ?? {};
    const at = (name: string): boolean => {
      const position = world.find(name)?.position;
      if (around === undefined || position === undefined) return true;
      return Math.hypot(position.x - around.x, position.y - around.y) <= radius;
    };
    if (channel !== undefined) world.ether.interfere({ channel, from: world.now(), duration, at });
  }

  async #ping({ from, to, size }: Extract<ScenarioEvent, { kind: 'ping' }>): Promise<void> {
    const roundTrip = await this.world.ping(this.world.node(from), this.world.node(to), { size });
    this.#onNews({ kind: 'ping', at: this.world.now(), from, to, roundTrip });
  }
}
