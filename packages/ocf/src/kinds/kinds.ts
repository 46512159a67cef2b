import type { DeviceModel } from '../model/device-model.js';
import type { KindOptions } from './kind-options.js';
import { light } from './light.js';
import { lock } from './lock.js';
import { sensor } from './sensor.js';
import { thermostat } from './thermostat.js';
import { wallSwitch } from './wall-switch.js';

/** Kinds of devices, by the names that people use. */
export const deviceKinds = {
  light,
  switch: wallSwitch,
  lock,
  thermostat,
  sensor,
} as const satisfies Record<string, (options?: KindOptions) => DeviceModel>;

/** The name of a kind of device. */
export type DeviceKind = keyof typeof deviceKinds;
