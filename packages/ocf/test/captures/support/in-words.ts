import { toHex } from '@selvage/core';

/** For messages about what is compared. */
export function inWords(value: unknown): string {
  if (value instanceof Uint8Array) return toHex(value);
  return JSON.stringify(value, (_, one: unknown) => (one instanceof Map ? (Object.fromEntries(one) as unknown) : one));
}
