import type { DataModel } from '../model/resource.js';
import { readOnly, readWrite } from '../model/resource-property.js';
import { listOf } from '../property/list.js';
import { optional } from '../property/record.js';
import { integer } from '../property/scalars.js';
import { checkRange, refusedSetting } from './refused-setting.js';

const properties = {
  dimmingSetting: readWrite(integer()),
  /** The least and the most that can be set. */
  range: readOnly(optional(listOf(integer(), { minimum: 2, maximum: 2 }))),
  step: readOnly(optional(integer({ minimum: 1 }))),
};

/** `oic.r.light.dimming`: how bright, within the range and at whole steps of it. */
export const dimming: DataModel<typeof properties> = {
  types: ['oic.r.light.dimming'],
  interfaces: ['oic.if.a'],
  properties,
  update(update, { range, step = 1 }) {
    const { dimmingSetting = 0 } = update;
    checkRange(dimmingSetting, range);
    if ((dimmingSetting - (range?.[0] ?? 0)) % step !== 0)
      throw refusedSetting(`${dimmingSetting} is between two steps`);
    return update;
  },
};
