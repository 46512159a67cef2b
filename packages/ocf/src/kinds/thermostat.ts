import type { DeviceModel } from '../model/device-model.js';
import { defineResource } from '../model/resource.js';
import { type KindOptions, modelOfKind } from './kind-options.js';
import { mode } from './mode.js';
import { temperatureSensor, temperatureSetting } from './temperature.js';

/** A thermostat: what it measures, what it is set to, and whether it heats, cools or rests. Its settings stay. */
export function thermostat(options: KindOptions = {}): DeviceModel {
  return modelOfKind(options, {
    name: 'Thermostat',
    type: 'oic.d.thermostat',
    resources: [
      defineResource({ path: '/temperature', ...temperatureSensor, initial: { temperature: 20, units: 'C' } }),
      defineResource({
        path: '/setpoint',
        ...temperatureSetting,
        initial: { temperature: 21, units: 'C', range: [5, 30], step: 0.5 },
        durable: true,
      }),
      defineResource({
        path: '/mode',
        ...mode,
        initial: { supportedModes: ['off', 'heat', 'cool', 'auto'], modes: ['auto'] },
        durable: true,
      }),
    ],
  });
}
