import { SelvageError } from '@selvage/core';
import type { Hearing } from '@selvage/device/node';

/** Through no wall or one, and through several, dBm: a link of full quality, and one of less (Thread 1.3 §4.4.5). */
const [near, far] = [-50, -85] as const;

/** What the border node is called among the boards. */
export const borderName = 'border node';

/** Who hears whom in the house, and how well; all others are too far from one another. */
const links: readonly (readonly [one: string, other: string, strength: number])[] = [
  [borderName, 'hall-light', near],
  [borderName, 'thermostat', near],
  ['hall-light', 'attic-light', near],
  ['thermostat', 'attic-light', near],
  ['hall-light', 'hall-switch', near],
  ['hall-light', 'front-door', near],
  ['hall-light', 'hall-sensor', near],
  ['hall-light', 'flea-market', near],
  [borderName, 'balcony-light', near],
  [borderName, 'next-door', near],
  [borderName, 'no-name-plug', near],
  ['attic-light', 'attic-switch', near],
  ['thermostat', 'cellar-sensor', near],
  ['attic-light', 'cellar-sensor', far],
];
/** Whoever comes with a radio stands by the border node, in the hall. */
const heardOfGuests: ReadonlySet<string> = new Set([borderName, 'hall-light']);

/** Who of these hear each other. */
export function linksAmong(names: readonly string[]): readonly (readonly [one: string, other: string])[] {
  return links.flatMap(([one, other]) => (names.includes(one) && names.includes(other) ? [[one, other] as const] : []));
}

/**
 * Whom somebody in the house hears.
 * @param numberOf the number on the ether of each
 * @param above the greatest of them
 */
export function hearingOf(name: string, numberOf: (name: string) => number, above: number): Hearing {
  const nodes = links.flatMap(([one, other, strength]) => {
    if (one !== name && other !== name) return [];
    return [[numberOf(one === name ? other : one), strength] as const];
  });
  return { nodes: Object.fromEntries(nodes), ...(heardOfGuests.has(name) && { guests: { above, strength: near } }) };
}

/** The number of each on an ether: the border node has one, and the boards those that are left. */
export class HouseNumbers {
  readonly #border: number;
  readonly #names: readonly string[];

  /** @param border the number of the border node */
  constructor(border: number, names: readonly string[]) {
    this.#border = border;
    this.#names = names;
  }

  /** The greatest of all. */
  get last(): number {
    return Math.max(this.#border, this.#names.length + 1);
  }

  /** @throws SelvageError `invalid-argument` for a name that nobody has */
  of(name: string): number {
    if (name === borderName) return this.#border;
    const at = this.#names.indexOf(name);
    if (at < 0) throw new SelvageError('invalid-argument', `nobody in the house is called ${name}`);
    const number = at + 1;
    return number < this.#border ? number : number + 1;
  }
}
