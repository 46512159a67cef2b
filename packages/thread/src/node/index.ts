/** What touches sockets and processes: the radios that are not in this process. */
export { EtherListener, type HeardFrame } from './radio/ether-listener.js';
export { etherPort } from './radio/ether-address.js';
export type { UdpEtherOptions } from './radio/udp-ether-options.js';
export { UdpEtherRadio } from './radio/udp-ether.js';
export { startSpinelProcess } from './radio/spinel-process.js';
export { openSpinelWire } from './radio/spinel-device.js';
export { SpinelRadio, type SpinelWire } from './radio/spinel-radio.js';
export { applyHostSettings, hostCommands, type HostSettings } from './border/host-settings.js';
export { TunInterface, type TunOptions } from './border/tun-interface.js';
