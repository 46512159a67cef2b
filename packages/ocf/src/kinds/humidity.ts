import type { DataModel } from '../model/resource.js';
import { readOnly } from '../model/resource-property.js';
import { integer } from '../property/scalars.js';

const properties = {
  /** Relative humidity, per cent. */
  humidity: readOnly(integer({ minimum: 0, maximum: 100 })),
};

/** `oic.r.humidity` that is measured. */
export const humiditySensor: DataModel<typeof properties> = {
  types: ['oic.r.humidity'],
  interfaces: ['oic.if.s'],
  properties,
};
