import type { Operations } from './operations.js';
import type { RadioUse } from './radio-use.js';

type Amounts = RadioUse | Operations;

/** Amount by amount, `sign` times those of the second added. */
export function sumOf<T extends Amounts>(a: T, b: T, sign: 1 | -1 = 1): T {
  return eachOf(a, (value, name) => value + sign * (b[name] as number));
}

/** Amount by amount, so many times. */
export function times<T extends Amounts>(amounts: T, factor: number): T {
  return eachOf(amounts, (value) => value * factor);
}

function eachOf<T extends Amounts>(amounts: T, change: (value: number, name: keyof T) => number): T {
  const entries = Object.entries(amounts) as [keyof T, number][];
  return Object.fromEntries(entries.map(([name, value]) => [name, change(value, name)])) as unknown as T;
}
