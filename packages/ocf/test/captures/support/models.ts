import {
  boolean,
  defineResource,
  type DeviceModel,
  deviceModel,
  integer,
  optional,
  readWrite,
  text,
} from '../../../src/index.js';

/** The reference's `simpleserver`. */
export const lamp: DeviceModel = deviceModel({
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
      properties: { state: readWrite(boolean), power: readWrite(integer()), name: readWrite(optional(text())) },
      initial: { state: false, power: 1, name: "John's Light" },
    }),
    defineResource({
      path: '/binaryswitch',
      types: ['oic.r.switch.binary'],
      interfaces: ['oic.if.a'],
      properties: { value: readWrite(boolean) },
      initial: { value: false },
    }),
  ],
});

/** Its `server_certification_tests`, as far as the flows ask it. */
export const testServer: DeviceModel = deviceModel({
  name: 'OCFTestServer',
  type: 'oic.d.switch',
  manufacturer: 'OCF',
  resources: [
    defineResource({
      path: '/switch',
      types: ['oic.r.switch.binary'],
      interfaces: ['oic.if.a'],
      properties: { value: readWrite(boolean) },
      initial: { value: false },
    }),
  ],
});

/** Its `client_certification_tests`, which serves the core resources alone. */
export const testClient: DeviceModel = deviceModel({
  name: 'OCFTestClient',
  type: 'oic.d.unknown',
  manufacturer: 'OCF',
  resources: [],
});
