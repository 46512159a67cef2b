import type { DeviceModel } from '../model/device-model.js';
import { defineResource } from '../model/resource.js';
import { binarySwitch } from './binary-switch.js';
import { dimming } from './dimming.js';
import { type KindOptions, modelOfKind } from './kind-options.js';

/** A light that can be switched and dimmed. */
export function light(options: KindOptions = {}): DeviceModel {
  return modelOfKind(options, {
    name: 'Light',
    type: 'oic.d.light',
    resources: [
      defineResource({ path: '/switch', ...binarySwitch, initial: { value: false } }),
      defineResource({ path: '/dimming', ...dimming, initial: { dimmingSetting: 100, range: [0, 100], step: 1 } }),
    ],
  });
}
