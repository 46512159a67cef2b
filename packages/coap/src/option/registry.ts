import type { CoapOption } from '../message/option-codec.js';
import { type Block, block } from './block.js';
import { empty, opaque, type OptionFormat, string, uint } from './format.js';

/** What is known of an option. Whether it is critical, unsafe or outside the cache key stands in its number. */
export interface OptionDefinition<T> {
  /** The registered name, such as `Uri-Path`. */
  readonly name: string;
  readonly number: number;
  readonly format: OptionFormat<T>;
  readonly repeatable: boolean;
  /**
   * The option with a value.
   * @throws SelvageError `value-out-of-range`, `length-out-of-range` or `invalid-value`, fault `caller`.
   */
  of(value: T): CoapOption;
}

/** The options that this package names, by their number. */
const byNumber = new Map<number, OptionDefinition<unknown>>();

/**
 * Every option that is known here: RFC 7252 §5.10, RFC 7641 §2, RFC 7959 §2.1 and §4, RFC 7967 §2, RFC 8613 §2, RFC 8768 §3,
 * RFC 9175 §2.2.1 and §3.2.1, and the two of the OCF core specification.
 */
export const option = {
  ifMatch: define('If-Match', 1, opaque(0, 8), { repeatable: true }),
  uriHost: define('Uri-Host', 3, string(1, 255)),
  etag: define('ETag', 4, opaque(1, 8), { repeatable: true }),
  ifNoneMatch: define('If-None-Match', 5, empty),
  observe: define('Observe', 6, uint(3)),
  uriPort: define('Uri-Port', 7, uint(2)),
  locationPath: define('Location-Path', 8, string(0, 255), { repeatable: true }),
  oscore: define('OSCORE', 9, opaque(0, 255)),
  uriPath: define('Uri-Path', 11, string(0, 255), { repeatable: true }),
  contentFormat: define('Content-Format', 12, uint(2)),
  maxAge: define('Max-Age', 14, uint(4)),
  uriQuery: define('Uri-Query', 15, string(0, 255), { repeatable: true }),
  hopLimit: define('Hop-Limit', 16, uint(1, 1)),
  accept: define('Accept', 17, uint(2)),
  locationQuery: define('Location-Query', 20, string(0, 255), { repeatable: true }),
  block2: define<Block>('Block2', 23, block),
  block1: define<Block>('Block1', 27, block),
  size2: define('Size2', 28, uint(4)),
  proxyUri: define('Proxy-Uri', 35, string(1, 1034)),
  proxyScheme: define('Proxy-Scheme', 39, string(1, 255)),
  size1: define('Size1', 60, uint(4)),
  echo: define('Echo', 252, opaque(1, 40)),
  noResponse: define('No-Response', 258, uint(1)),
  requestTag: define('Request-Tag', 292, opaque(0, 8), { repeatable: true }),
  /** What version of its formats the sender reads; 2048 is 1.0.0. */
  ocfAcceptContentFormatVersion: define('OCF-Accept-Content-Format-Version', 2049, uint(2)),
  /** In what version of its format the payload is. */
  ocfContentFormatVersion: define('OCF-Content-Format-Version', 2053, uint(2)),
};

/** All definitions of {@link option}. */
export const allOptions: readonly OptionDefinition<unknown>[] = [...byNumber.values()];

/** The definition of an option's number, or undefined for one that is not known here. */
export function optionByNumber(number: number): OptionDefinition<unknown> | undefined {
  return byNumber.get(number);
}

/** Whether a message that carries the option must be refused by who does not recognize it, RFC 7252 §5.4.1. */
export function isCritical(number: number): boolean {
  return (number & 1) !== 0;
}

/** Whether the option is no part of the cache key, RFC 7252 §5.4.6. */
export function isNoCacheKey(number: number): boolean {
  return (number & 0x1e) === 0x1c;
}

function define<T>(
  name: string,
  number: number,
  format: OptionFormat<T>,
  { repeatable = false }: { readonly repeatable?: boolean } = {},
): OptionDefinition<T> {
  const definition = { name, number, format, repeatable, of: (value: T) => ({ number, value: format.write(value) }) };
  byNumber.set(number, definition);
  return definition;
}
