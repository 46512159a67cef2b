import type { CoapOption } from '../message/option-codec.js';
import type { OptionDefinition } from './registry.js';

/**
 * The value of an option, of its first occurrence; undefined where the message has none, or one of a length that the
 * option does not have.
 * @throws SelvageError `invalid-value`, fault `peer`, for a text that is not UTF-8 or a reserved block size.
 */
export function first<T>(options: readonly CoapOption[], definition: OptionDefinition<T>): T | undefined {
  const { number, format } = definition;
  for (let i = 0; i < options.length; i++) {
    const candidate = options[i] as CoapOption;
    if (candidate.number > number) return undefined;
    if (candidate.number !== number) continue;
    const { length } = candidate.value;
    return length >= format.min && length <= format.max ? format.read(candidate.value) : undefined;
  }
  return undefined;
}

/**
 * The values of an option that may be repeated, in order; those of a length that the option does not have are left out.
 * @throws SelvageError `invalid-value`, fault `peer`, as {@link first}.
 */
export function all<T>(options: readonly CoapOption[], definition: OptionDefinition<T>): T[] {
  const { number, format } = definition;
  const values: T[] = [];
  for (let i = 0; i < options.length; i++) {
    const candidate = options[i] as CoapOption;
    if (candidate.number > number) break;
    const { length } = candidate.value;
    if (candidate.number === number && length >= format.min && length <= format.max) {
      values.push(format.read(candidate.value));
    }
  }
  return values;
}

/** Whether the option occurs, with whatever value. */
export function has(options: readonly CoapOption[], definition: OptionDefinition<unknown>): boolean {
  for (let i = 0; i < options.length; i++) {
    if ((options[i] as CoapOption).number === definition.number) return true;
  }
  return false;
}

/** The options without those of the definitions. */
export function without(
  options: readonly CoapOption[],
  ...definitions: readonly OptionDefinition<unknown>[]
): readonly CoapOption[] {
  const numbers = definitions.map(({ number }) => number);
  return options.some(({ number }) => numbers.includes(number))
    ? options.filter(({ number }) => !numbers.includes(number))
    : options;
}

/** The options by ascending number, as a message has them; options of one number keep their order. */
export function inOrder(options: readonly CoapOption[]): readonly CoapOption[] {
  for (let i = 1; i < options.length; i++) {
    if ((options[i] as CoapOption).number < (options[i - 1] as CoapOption).number) {
      return options.toSorted((a, b) => a.number - b.number);
    }
  }
  return options;
}
