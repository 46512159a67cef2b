/**
 * The values of CBOR (RFC 8949) as the formats here use it: no tags, and no simple values but `false`, `true`, `null`
 * and `undefined`.
 */

/**
 * A decoded value. An integer is a number where a number is exact (to ±(2^53 − 1)) and a bigint beyond; a float is a
 * number, so that `1.0` and `1` are one value.
 */
export type CborValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly CborValue[]
  | CborMap;

/** A decoded map, in the order it was sent in. Its keys are texts and integers to ±(2^53 − 1). */
export type CborMap = ReadonlyMap<string | number, CborValue>;

/**
 * What can be encoded. A map is a `Map` or a plain object; a key of an object whose value is `undefined` is left out,
 * and keys that look like array indexes come first in objects, as everywhere in JavaScript.
 */
export type CborInput =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly CborInput[]
  | ReadonlyMap<string | number, CborInput>
  | { readonly [key: string]: CborInput };

/** How much one value may hold, so that a few bytes from a stranger cannot cost much time or memory. */
export interface CborLimits {
  /** How many arrays and maps may stand around a value; 16 by default, 256 at most. */
  readonly depth?: number | undefined;
  /** How many data items there may be in all, keys counted; 65,536 by default. */
  readonly items?: number | undefined;
  /** How many keys one map may have; 1024 by default. Keys can be chosen so that each new one meets all others. */
  readonly keys?: number | undefined;
  /**
   * What a key that a map has twice does: `refuse`, the default, or `last`, which keeps the last value.
   * A map with a key twice means different things to different readers (RFC 8949 §5.6): only what decides nothing, such
   * as the links of a discovery, may be read so.
   */
  readonly repeatedKeys?: 'refuse' | 'last' | undefined;
}

/** More nesting than this is neither read nor written: both work by recursion. */
export const deepest = 256;
