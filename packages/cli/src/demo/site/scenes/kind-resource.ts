import type { DeviceKind } from '@selvage/ocf';

/** What a device of a kind is asked. */
export const resourceOf: Readonly<Record<DeviceKind, string>> = {
  light: '/switch',
  switch: '/switch',
  lock: '/lock',
  sensor: '/temperature',
  thermostat: '/temperature',
};
