/** The platform ports on Node.js: the clock, UDP sockets and files of this machine. */
export { systemClock } from './clock.js';
export { FileStore } from './file-store.js';
export { type FileSystem, nodeFileSystem, type WritableFile } from './file-system.js';
export { LogStore, type LogStoreOptions } from './log-store.js';
export { type ProcessIdentity, type Processes, systemProcesses } from './processes.js';
export { sweepBuffersInPlace } from './sweep-buffers-in-place.js';
export { type UdpAddress, parseUdpAddress, udpAddress } from './udp-address.js';
export { UdpPort, type UdpPortOptions } from './udp-port.js';
