/** The platform ports on Node.js: the clock, UDP sockets and files of this machine. */
export { systemClock } from './clock.js';
export { keepMemoryOutOfCoreDumps } from './core-dumps.js';
export { type DirectoryLock, lockDirectory } from './directory-lock.js';
export { FileStore } from './file-store.js';
export { type FileSystem, nodeFileSystem, type WritableFile } from './file-system.js';
export { LogStore, type LogStoreOptions } from './log-store.js';
export { type GroupSet, groupAddresses, openGroupPorts } from './network/groups.js';
export {
  type ChosenInterface,
  chooseInterface,
  type HostInterfaces,
  type LocalAddress,
  loopback,
  otherInterfaces,
} from './network/interface.js';
export { InterfacePort } from './network/interface-port.js';
export { bestFor, type Reach, reachOf } from './network/reach.js';
export { SharedPort } from './network/shared-port.js';
export { addressResolver, type Reaching, type UriAuthority, uriOf } from './network/uri.js';
export { identityOf, type ProcessIdentity, type Processes, systemProcesses } from './processes.js';
export { orStoreFailed } from './store-failure.js';
export { sweepBuffersInPlace } from './sweep-buffers-in-place.js';
export { type UdpAddress, parseUdpAddress, udpAddress } from './udp-address.js';
export { UdpPort, type UdpPortOptions } from './udp-port.js';
