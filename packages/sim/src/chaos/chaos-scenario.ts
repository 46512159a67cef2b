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
const [range, spacing, jitter, walk] = [100, 40, 8, 40] as const;
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
  const events: ScenarioEvent[] = [];
  const expectations: Expectation[] = [{ at: cycle.first - second, within: 0, kind: 'memory' }];
  const until = hours * hour;
  for (let begin: number = cycle.first; begin + cycle.length <= until; begin += cycle.length) {
    events.push(...storm(nodes, begin, random));
    const [at, within] = [begin + cycle.asks, cycle.patience] as const;
    expectations.push(
      { at, within, kind: 'onePartition' },
      { at: at + within, within: 2 * minute, kind: 'reachable', pairs: pairsPerNode * count },
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

function storm(nodes: readonly ScenarioNode[], begin: number, random: SeededRandom): ScenarioEvent[] {
  const events: ScenarioEvent[] = [];
  const end = begin + cycle.storm;
  const mean = (600 * second) / nodes.length;
  for (let at = begin; at < end; at += Math.round(mean * (0.2 + 1.6 * random.unit()))) {
    const event = { at, ...deed(nodes, end - at, random) };
    events.push(event);
    // Whom somebody cut apart hears each other again when the storm is over.
    if (event.kind === 'cutLink') events.push({ at: end, kind: 'restoreLink', between: event.between });
  }
  return events;
}

function deed(nodes: readonly ScenarioNode[], left: number, random: SeededRandom): Deed {
  const node = pick(nodes, random);
  const lasts = (least: number, most: number): number =>
    Math.min(Math.round(least + random.unit() * (most - least)), left);
  const draw = random.unit();
  if (draw < 0.3) return { kind: 'kill', node: node.name, for: lasts(5 * second, 4 * minute) };
  if (draw < 0.6) return { kind: 'powerCut', node: node.name, for: lasts(second, 2 * minute) };
  if (draw < 0.75) return { kind: 'move', node: node.name, to: near(node, random) };
  if (draw < 0.85)
    return { kind: 'loss', loss: Math.round(10 + random.unit() * 30) / 100, for: lasts(20 * second, 2 * minute) };
  if (draw < 0.95) return { kind: 'jam', for: lasts(5 * second, 40 * second), around: near(node, random), radius: 80 };
  const other = pick(
    nodes.filter(({ name }) => name !== node.name),
    random,
  );
  return { kind: 'cutLink', between: [node.name, other.name] };
}

function near({ position = { x: 0, y: 0 } }: ScenarioNode, random: SeededRandom): { x: number; y: number } {
  const step = (): number => Math.round((random.unit() * 2 - 1) * walk);
  return { x: position.x + step(), y: position.y + step() };
}

function pick<T>(all: readonly T[], random: SeededRandom): T {
  return all[random.below(all.length)] as T;
}
