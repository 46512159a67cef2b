import type { DeviceModel } from '../model/device-model.js';
import { defineResource } from '../model/resource.js';
import { binarySwitch } from './binary-switch.js';
import { type KindOptions, modelOfKind } from './kind-options.js';

/** A switch on a wall. */
export function wallSwitch(options: KindOptions = {}): DeviceModel {
  return modelOfKind(options, {
    name: 'Switch',
    type: 'oic.d.switch',
    resources: [defineResource({ path: '/switch', ...binarySwitch, initial: { value: false } })],
  });
}
