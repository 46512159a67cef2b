import type { DataModel } from '../model/resource.js';
import { readWrite } from '../model/resource-property.js';
import { oneOf } from '../property/one-of.js';

const properties = {
  lockState: readWrite(oneOf(['Locked', 'Unlocked'])),
};

/** `oic.r.lock.status`: locked or unlocked. */
export const lockStatus: DataModel<typeof properties> = {
  types: ['oic.r.lock.status'],
  interfaces: ['oic.if.a'],
  properties,
};
