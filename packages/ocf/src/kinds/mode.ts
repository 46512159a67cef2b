import type { DataModel } from '../model/resource.js';
import { readOnly, readWrite } from '../model/resource-property.js';
import { listOf } from '../property/list.js';
import { text } from '../property/text.js';
import { refusedSetting } from './refused-setting.js';

const modes = listOf(text({ maximum: 64 }), { maximum: 32 });

const properties = {
  supportedModes: readOnly(modes),
  /** Those that are active. */
  modes: readWrite(modes),
};

/** `oic.r.mode`: the modes that a device is in, of those that it supports. */
export const mode: DataModel<typeof properties> = {
  types: ['oic.r.mode'],
  interfaces: ['oic.if.a'],
  properties,
  update(update, { supportedModes }) {
    const unknown = update.modes?.find((one) => !supportedModes.includes(one));
    if (unknown !== undefined) throw refusedSetting(`${JSON.stringify(unknown)} is no mode of the device`);
    return update;
  },
};
