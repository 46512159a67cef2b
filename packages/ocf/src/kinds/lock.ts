import type { DeviceModel } from '../model/device-model.js';
import { defineResource } from '../model/resource.js';
import { type KindOptions, modelOfKind } from './kind-options.js';
import { lockStatus } from './lock-status.js';

/** A door's lock. It comes locked, and stays as it was left. */
export function lock(options: KindOptions = {}): DeviceModel {
  return modelOfKind(options, {
    name: 'Lock',
    type: 'oic.d.smartlock',
    resources: [defineResource({ path: '/lock', ...lockStatus, initial: { lockState: 'Locked' }, durable: true })],
  });
}
