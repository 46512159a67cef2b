import type { CoapOption } from '../message/option-codec.js';
import { isNoCacheKey, option } from './registry.js';

/** What changes from one block, or one notification, of an operation to the next. */
const perMessage = new Set(
  [option.block1, option.block2, option.size2, option.observe, option.echo, option.noResponse].map(
    ({ number }) => number,
  ),
);

/**
 * A text that is equal for the messages of one block-wise operation: the method and the options of the cache key, those
 * of the transfer itself aside. The path, the query, the formats and the Request-Tags are in it (RFC 7959 §2.4, RFC 9175 §3.3).
 */
export function requestKey(code: number, options: readonly CoapOption[]): string {
  let key = String.fromCharCode(code);
  for (const { number, value } of options) {
    if (perMessage.has(number) || isNoCacheKey(number)) continue;
    key += String.fromCharCode(number, value.length, ...value);
  }
  return key;
}
