import type { Confinement } from '@selvage/hardware/node';

/** Where the radio of a board is: on the simulated ether of this offset, as this node of it. */
export interface AirPlace {
  readonly offset: number;
  readonly node: number;
  /** Whom it hears; everybody where it is left out. */
  readonly hears?: Hearing | undefined;
}

/** Whom a radio hears, and how strongly, dBm. */
export interface Hearing {
  /** By their numbers on the ether. */
  readonly nodes: Readonly<Record<number, number>>;
  /** Those of a greater number than `above`; it hears nobody else where it is left out. */
  readonly guests?: { readonly above: number; readonly strength: number } | undefined;
}

/** How strongly the node of a number is heard, dBm; false where it is not. */
export function heard({ nodes, guests }: Hearing, node: number): number | false {
  return nodes[node] ?? (guests !== undefined && node > guests.above ? guests.strength : false);
}

/** What a secure world's process is started with, in JSON on its command line. */
export interface SecureWorldSetting {
  /** The board's folder. */
  readonly folder: string;
  /** The network interface that it is plugged into; the loopback where it is left out. */
  readonly interface?: string | undefined;
  /** Where its radio is, if it has one. */
  readonly air?: AirPlace | undefined;
  /** Whether the reset button is held while the power comes. */
  readonly held?: boolean | undefined;
  /** How its firmware is confined; the best way that the host has, by default. */
  readonly confinement?: Confinement | undefined;
  /** Whether it is handed a normal world, of which a command tells. */
  readonly handed?: boolean | undefined;
}
