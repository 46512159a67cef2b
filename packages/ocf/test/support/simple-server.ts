import {
  binarySwitch,
  boolean,
  type DeviceModel,
  defineResource,
  deviceModel,
  integer,
  optional,
  readOnly,
  readWrite,
  text,
} from '../../src/index.js';

/** The device that was captured most, IoTivity-Lite's `simpleserver`, as a model of ours. */
export const simpleServer: DeviceModel = deviceModel({
  name: 'Lamp',
  type: 'oic.d.light',
  manufacturer: 'Intel',
  specification: 'ocf.1.0.0',
  dataModels: 'ocf.res.1.0.0',
  resources: [
    defineResource({
      path: '/a/light',
      types: ['core.light', 'core.brightlight'],
      interfaces: ['oic.if.rw'],
      properties: { state: readWrite(boolean), power: readWrite(integer()), name: readOnly(optional(text())) },
      initial: { state: false, power: 1, name: "John's Light" },
    }),
    defineResource({ path: '/binaryswitch', ...binarySwitch, initial: { value: true } }),
  ],
});
