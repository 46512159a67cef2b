import { SelvageError } from '@selvage/core';

/** What a data model's `update` throws for a value that fits its type and that the device cannot do: 4.03. */
export function refusedSetting(reason: string): SelvageError {
  return new SelvageError('setting-refused', reason);
}

/** Refuses a value outside its range. @throws SelvageError `setting-refused` */
export function checkRange(value: number, range: readonly number[] | undefined): void {
  const [minimum = -Infinity, maximum = Infinity] = range ?? [];
  if (value < minimum || value > maximum) throw refusedSetting(`${value} is not within ${minimum} to ${maximum}`);
}
