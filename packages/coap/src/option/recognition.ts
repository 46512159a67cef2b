import type { CoapOption } from '../message/option-codec.js';
import { isCritical, option, type OptionDefinition, optionByNumber } from './registry.js';

/** The critical options that the endpoint itself acts on, or shows to every handler as the request's address. */
const ownCriticals = [
  option.uriHost,
  option.uriPort,
  option.uriPath,
  option.uriQuery,
  option.accept,
  option.block1,
  option.block2,
];

/** Which critical options are recognized, by number. */
export type Recognized = ReadonlySet<number>;

/** The endpoint's own critical options and those that an application says it honours. */
export function recognizing(further: readonly OptionDefinition<unknown>[] = []): Recognized {
  return new Set([...ownCriticals, ...further].map(({ number }) => number));
}

/**
 * The number of the first critical option that must be treated as not recognized: it is unknown, its length is not
 * one it may have, or it is repeated and may not be (RFC 7252 §5.4.1, §5.4.3, §5.4.5). Undefined when all is well;
 * elective options in that state are ignored wherever they are read.
 */
export function unrecognized(options: readonly CoapOption[], recognized: Recognized): number | undefined {
  let previous = -1;
  for (let i = 0; i < options.length; i++) {
    const { number, value } = options[i] as CoapOption;
    if (isCritical(number) && !isGood(number, value.length, number === previous, recognized)) return number;
    previous = number;
  }
  return undefined;
}

function isGood(number: number, length: number, repeated: boolean, recognized: Recognized): boolean {
  if (!recognized.has(number)) return false;
  const definition = optionByNumber(number);
  // An application may honour options that are not in the registry: what they hold is its business.
  if (definition === undefined) return true;
  if (repeated && !definition.repeatable) return false;
  return length >= definition.format.min && length <= definition.format.max;
}
