import type { DataModel } from '../model/resource.js';
import { readWrite } from '../model/resource-property.js';
import { boolean } from '../property/scalars.js';

const properties = {
  /** Whether it is on. */
  value: readWrite(boolean),
};

/** `oic.r.switch.binary`: on or off. */
export const binarySwitch: DataModel<typeof properties> = {
  types: ['oic.r.switch.binary'],
  interfaces: ['oic.if.a'],
  properties,
};
