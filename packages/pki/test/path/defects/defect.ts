import type { ErrorCode } from '@selvage/core';
import type { Shape } from '../../support/chains.js';
import type { ForgedList, Forgery } from '../../support/forge.js';

/** Where in its chain a certificate stands. */
export interface Place {
  readonly shape: Shape;
  readonly position: number;
  readonly where: 'leaf' | 'intermediate' | 'anchor';
}

/** A chain that is to be judged, leaf first and the anchor last; a defect changes it. */
export interface Scenario {
  readonly chain: Forgery[];
  /** Revocation lists. */
  lists: ForgedList[];
}

export type Verdict = 'accepted' | ErrorCode;

/** One thing that can be wrong, or only look wrong, with a certificate of a chain. */
export interface Defect {
  readonly name: string;
  /** The places where it can be; everywhere, where this is left out. */
  readonly at?: (place: Place) => boolean;
  readonly apply: (scenario: Scenario, place: Place) => void;
  /** What is to come of it. */
  readonly expected: Verdict | ((place: Place) => Verdict);
  /** Whether a certificate below is to blame, whose issuer the defect is in. */
  readonly showsBelow?: (place: Place) => boolean;
  /** Why OpenSSL comes to the other verdict, where it does. */
  readonly openssl?: string | ((place: Place) => string | undefined);
}

export const isLeaf = ({ where }: Place): boolean => where === 'leaf';
export const isAuthority = ({ where }: Place): boolean => where !== 'leaf';
export const isAnchor = ({ where }: Place): boolean => where === 'anchor';
export const isBelowAnchor = ({ where }: Place): boolean => where !== 'anchor';
export const isOcf = ({ shape }: Place): boolean => shape.isOcf;
export const isManufacturer = ({ shape }: Place): boolean => shape.name.startsWith('manufacturer');

/** The certificate that the defect is in. */
export function target({ chain }: Scenario, { position }: Place): Forgery {
  return chain[position] as Forgery;
}

/** One verdict at one kind of place, another elsewhere. */
export function where(holds: (place: Place) => boolean, then: Verdict, otherwise: Verdict): (place: Place) => Verdict {
  return (place) => (holds(place) ? then : otherwise);
}

/** A reason for a difference at one kind of place alone. */
export function only(holds: (place: Place) => boolean, reason: string): (place: Place) => string | undefined {
  return (place) => (holds(place) ? reason : undefined);
}

/** Why OpenSSL accepts what OCF's profiles forbid. */
export const stricter = 'OCF asks for more than RFC 5280';
