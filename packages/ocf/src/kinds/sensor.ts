import { defineCollection } from '../model/collection.js';
import type { DeviceModel } from '../model/device-model.js';
import { defineResource } from '../model/resource.js';
import { humiditySensor } from './humidity.js';
import { type KindOptions, modelOfKind } from './kind-options.js';
import { motionSensor } from './motion.js';
import { temperatureSensor } from './temperature.js';

/** A sensor of a room: temperature, humidity and motion, each alone or all at once. */
export function sensor(options: KindOptions = {}): DeviceModel {
  return modelOfKind(options, {
    name: 'Sensor',
    type: 'oic.d.sensor',
    resources: [
      defineResource({ path: '/temperature', ...temperatureSensor, initial: { temperature: 20, units: 'C' } }),
      defineResource({ path: '/humidity', ...humiditySensor, initial: { humidity: 40 } }),
      defineResource({ path: '/motion', ...motionSensor, initial: { value: false } }),
      defineCollection({ path: '/room', members: ['/temperature', '/humidity', '/motion'] }),
    ],
  });
}
