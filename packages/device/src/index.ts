export { ActingDevice, type Asked } from './firmware/acting-device.js';
export {
  type Attachment,
  type DeviceConfiguration,
  readConfiguration,
  writeConfiguration,
} from './firmware/configuration.js';
export { MeshHost } from './mesh/mesh-host.js';
export { MeshHostPort, meshPayload } from './mesh/mesh-host-port.js';
export { type Order, type OrderTo, type Question, readOrder } from './firmware/order.js';
export { peripherals, portNames } from './firmware/peripherals.js';
export { type Platform, type RunningFirmware, startFirmware } from './firmware/start.js';
