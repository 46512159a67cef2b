import { binarySwitch, boolean, defineResource, deviceModel, integer, readWrite } from '../../../src/index.js';

/** A light with a resource of each kind that access rules tell apart. */
export const light = deviceModel({
  name: 'Lamp',
  type: 'oic.d.light',
  manufacturer: 'Selvage',
  resources: [
    defineResource({ path: '/switch', ...binarySwitch, initial: { value: false } }),
    defineResource({
      path: '/settings',
      types: ['x.selvage.settings'],
      interfaces: ['oic.if.rw'],
      properties: { dimmed: readWrite(integer({ minimum: 0, maximum: 100 })) },
      initial: { dimmed: 40 },
      durable: true,
    }),
    defineResource({
      path: '/hidden',
      types: ['x.selvage.hidden'],
      interfaces: ['oic.if.rw'],
      properties: { flag: readWrite(boolean) },
      initial: { flag: false },
      discoverable: false,
    }),
    defineResource({
      path: '/open',
      types: ['x.selvage.open'],
      interfaces: ['oic.if.rw'],
      properties: { flag: readWrite(boolean) },
      initial: { flag: false },
      secure: false,
    }),
  ],
});
