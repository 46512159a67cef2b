import type { CborInput, CborValue } from '@selvage/core';
import type { PropertyType } from './property-type.js';

/** Any value at all, as it came: for what is passed on or looked at later. */
export const anything: PropertyType<CborValue> = {
  schema: {},
  read: (value) => value,
  write: (value): CborInput => value,
};
