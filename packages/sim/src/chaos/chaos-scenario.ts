import type { Position } from '@selvage/thread';
import { SeededRandom, type Seed } from '@selvage/core/virtual';
import type { NodeKind } from '../world/node-kind.js';
import type { Deed, Expectation, Scenario, ScenarioEvent, ScenarioNode } from '../scenario/scenario.js';

/** How much chaos. */
export interface ChaosOptions {
  readonly seed: Seed;
  readonly nodes: number;
  /** Of virtual time. */
  readonly hours: number;
}

const [second, minute, hour] = [1000, 60_000, 3_600_000] as const;
/** A storm and the quiet after it, again and again; in the quiet, what must hold is asked. */
const cycle = {
  first: 10 * minute,
  length: 25 * minute,
  storm: 8 * minute,
  asks: 12 * minute,
  patience: 8 * minute,
} as const;
/** Metres; how far a node stands from its place in the grid, and how far it walks from there. */
const [range, spacing, jitter, walk] = [100, 30, 6, 45] as const;
/** Who walks stays where so many that may be routers hear it well, and leaves nobody with fewer: what cannot be healed tells nothing. */
const [wellHeard, leastRouters] = [65, 3] as const;
const usualLoss = 0.01;
/** Sleepy ones' polls, milliseconds. */
const pollPeriod = 5000;
/** Of ten nodes in a row: six may be routers, and a sleepy one is never far from them. */
const kinds: readonly NodeKind[] = [
  'router',
  'router',
  'sleepy',
  'router',
  'end-device',
  'router',
  'sleepy',
  'router',
  'router',
  'end-device',
];
/** Pairs that ping each other in each quiet. */
const pairsPerNode = 2;

/**
 * A mesh on a grid that is struck at random: nodes are switched off, lose their power, walk, are jammed and not heard.
 * After each storm all that is there must be one partition again, reach each other, and have kept its counters apart.
 */
export function chaosScenario({ seed, nodes: count, hours }: ChaosOptions): Scenario {
  const random = new SeededRandom(`${seed}/chaos`);
  const columns = Math.ceil(Math.sqrt(count));
  const nodes = Array.from({ length: count }, (_, i) => scenarioNode(i, columns, random));
  const places = new Places(nodes);
  const events: ScenarioEvent[] = [];
  const expectations: Expectation[] = [{ at: cycle.first - second, within: 0, kind: 'memory' }];
  const until = hours * hour;
  for (let begin: number = cycle.first; begin + cycle.length <= until; begin += cycle.length) {
    events.push(...storm(places, begin, random));
    const [at, within] = [begin + cycle.asks, cycle.patience] as const;
    expectations.push(
      { at, within, kind: 'onePartition' },
      { at: at + within, within: 4 * minute, kind: 'reachable', pairs: pairsPerNode * count },
      { at: begin + cycle.length - second, within: 0, kind: 'counters' },
      { at: begin + cycle.length - second, within: 0, kind: 'memory' },
    );
  }
  const name = `chaos ${seed}`;
  return { name, seed, until, range, loss: usualLoss, nodes, events, expectations };
}

function scenarioNode(i: number, columns: number, random: SeededRandom): ScenarioNode {
  const off = (): number => Math.round((random.unit() * 2 - 1) * jitter);
  const position = { x: (i % columns) * spacing + off(), y: Math.floor(i / columns) * spacing + off() };
  const kind = kinds[i % kinds.length] as NodeKind;
  const startsAt = Math.round(i * second);
  const shared = { name: `n${i + 1}`, kind, position, startsAt, beginning: i === 0 ? 'lead' : 'attach' } as const;
  return kind === 'sleepy' ? { ...shared, pollPeriod } : shared;
}

function storm(places: Places, begin: number, random: SeededRandom): ScenarioEvent[] {
  const events: ScenarioEvent[] = [];
  const end = begin + cycle.storm;
  const mean = (600 * second) / places.size;
  for (let at = begin; at < end; at += Math.round(mean * (0.2 + 1.6 * random.unit()))) {
    const event = { at, ...deed(places, end - at, random) };
    events.push(event);
    // Whom somebody cut apart hears each other again when the storm is over.
    if (event.kind === 'cutLink') events.push({ at: end, kind: 'restoreLink', between: event.between });
  }
  return events;
}

function deed(places: Places, left: number, random: SeededRandom): Deed {
  const { name } = pick(places.nodes, random);
  const lasts = (least: number, most: number): number =>
    Math.min(Math.round(least + random.unit() * (most - least)), left);
  const draw = random.unit();
  if (draw < 0.3) return { kind: 'kill', node: name, for: lasts(5 * second, 4 * minute) };
  if (draw < 0.75) {
    const to = near(places.of(name), random);
    if (draw < 0.45 && places.move(name, to)) return { kind: 'move', node: name, to };
    return { kind: 'powerCut', node: name, for: lasts(second, 2 * minute) };
  }
  if (draw < 0.85)
    return { kind: 'loss', loss: Math.round(10 + random.unit() * 30) / 100, for: lasts(20 * second, 2 * minute) };
  if (draw < 0.95)
    return { kind: 'jam', for: lasts(5 * second, 40 * second), around: near(places.of(name), random), radius: 80 };
  const other = pick(
    places.nodes.filter((one) => one.name !== name),
    random,
  );
  return { kind: 'cutLink', between: [name, other.name] };
}

function near({ x, y }: Position, random: SeededRandom): Position {
  const step = (): number => Math.round((random.unit() * 2 - 1) * walk);
  return { x: x + step(), y: y + step() };
}

function pick<T>(all: readonly T[], random: SeededRandom): T {
  return all[random.below(all.length)] as T;
}

/** Where nodes are as the storms go on. */
class Places {
  readonly nodes: readonly ScenarioNode[];
  readonly #at: Map<string, Position>;

  constructor(nodes: readonly ScenarioNode[]) {
    this.nodes = nodes;
    this.#at = new Map(nodes.map(({ name, position = { x: 0, y: 0 } }) => [name, position]));
  }

  get size(): number {
    return this.nodes.length;
  }

  of(name: string): Position {
    return this.#at.get(name) ?? { x: 0, y: 0 };
  }

  /** Moves a node, unless that leaves it or another out of the mesh's reach; says whether. */
  move(name: string, to: Position): boolean {
    const before = this.of(name);
    const poor = this.#poor();
    this.#at.set(name, to);
    if (this.#poor() <= poor && !this.#isPoor(name)) return true;
    this.#at.set(name, before);
    return false;
  }

  /** How many have too few routers around them. */
  #poor(): number {
    return this.nodes.filter(({ name }) => this.#isPoor(name)).length;
  }

  #isPoor(name: string): boolean {
    const { x, y } = this.of(name);
    const routers = this.nodes.filter((one) => {
      const place = this.of(one.name);
      return one.kind === 'router' && one.name !== name && Math.hypot(place.x - x, place.y - y) <= wellHeard;
    });
    return routers.length < leastRouters;
  }
}
