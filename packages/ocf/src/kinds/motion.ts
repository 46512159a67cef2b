import type { DataModel } from '../model/resource.js';
import { readOnly } from '../model/resource-property.js';
import { boolean } from '../property/scalars.js';

const properties = {
  /** Whether something moves. */
  value: readOnly(boolean),
};

/** `oic.r.sensor.motion`. */
export const motionSensor: DataModel<typeof properties> = {
  types: ['oic.r.sensor.motion'],
  interfaces: ['oic.if.s'],
  properties,
};
