import type { Position } from '@selvage/thread';
import type { Pair } from './scenario.js';
import type { YamlField } from './yaml-field.js';

/** Metres to either side of the origin. */
const farthest = 1_000_000;

/** `[x, y]`, metres. */
export function readPosition(field: YamlField): Position {
  const [x, y, ...more] = field.list();
  if (x === undefined || y === undefined || more.length > 0) {
    throw field.problem('a place is two numbers', 'write [x, y] in metres');
  }
  return { x: x.number(-farthest, farthest), y: y.number(-farthest, farthest) };
}

/** Knows the nodes of a scenario by name. */
export class KnownNodes {
  readonly #names = new Set<string>();
  /** The names of grids, and whose they are. */
  readonly #grids = new Map<string, readonly string[]>();
  /** Those that join by a passphrase. */
  readonly #joiners = new Set<string>();

  get size(): number {
    return this.#names.size;
  }

  add(name: string, field: YamlField): void {
    if (this.#names.has(name)) throw field.problem(`there is a node ${name} already`, 'give it another name');
    this.#names.add(name);
  }

  /** `grid` stands for these from now on, where several may be named. */
  addGrid(grid: string, names: readonly string[]): void {
    this.#grids.set(grid, names);
  }

  addJoiner(name: string): void {
    this.#joiners.add(name);
  }

  /** A device that joins by a passphrase, a grid of them, or a list of these. */
  readJoiners(field: YamlField): string[] {
    if (field.isList) return field.list().flatMap((one) => this.readJoiners(one));
    const names = this.#grids.get(field.text()) ?? [this.read(field)];
    const other = names.find((name) => !this.#joiners.has(name));
    if (other !== undefined) throw field.problem(`${other} does not join by a passphrase`, 'give it does: join');
    return [...names];
  }

  /** The name of a node that there is. */
  read(field: YamlField): string {
    const name = field.text();
    if (this.#names.has(name)) return name;
    const shown = 8;
    const some = [...this.#names].slice(0, shown).join(', ');
    const rest = this.#names.size > shown ? ` and ${this.#names.size - shown} more` : '';
    throw field.problem(`there is no node ${name}`, this.size === 0 ? 'add it to nodes' : `nodes are ${some}${rest}`);
  }

  /** `[a, b]`: two nodes. */
  readPair(field: YamlField): Pair {
    const [a, b, ...more] = field.list();
    if (a === undefined || b === undefined || more.length > 0)
      throw field.problem('two nodes belong here', 'write [a, b]');
    const pair: Pair = [this.read(a), this.read(b)];
    if (pair[0] === pair[1]) throw field.problem(`${pair[0]} is there twice`, 'name two different nodes');
    return pair;
  }
}
