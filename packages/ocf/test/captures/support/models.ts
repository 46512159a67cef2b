import { boolean, defineResource, type DeviceModel, deviceModel, readWrite } from '../../../src/index.js';

/** The reference's `server_certification_tests`, as far as the flows ask it. */
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
