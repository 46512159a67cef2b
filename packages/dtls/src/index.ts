export { type ConnectionOptions, DtlsConnection } from './connection/connection.js';
export type {
  Credentials,
  DtlsConfiguration,
  PreSharedKey,
  Retransmission,
} from './connection/configuration.js';
export type { CloseReason, DtlsInput, DtlsOutput, SignOperation } from './connection/events.js';
export type { DtlsSession, ResumableSession, SessionCache } from './connection/session.js';
export type { MessageDescription } from './describe/description.js';
export { describeObserved, type ObservedRecord, observeDatagram } from './describe/observe.js';
export type { PeerIdentity } from './handshake/peer-identity.js';
export type { ChainVerdict } from './handshake/role.js';
export { type CipherSuite, type CipherSuiteName, cipherSuites } from './protocol/cipher-suites.js';
export { type AlertName } from './protocol/alerts.js';
export { type ClientHello, clientHello, findExtension, type ServerHello, serverHello } from './protocol/hello.js';
export {
  DtlsEndpoint,
  type EndpointCounters,
  type EndpointInput,
  type EndpointOptions,
  type EndpointOutput,
  type ServerSelection,
} from './endpoint/endpoint.js';
export { DtlsPeer } from './endpoint/peer.js';
export { MemorySessionCache } from './endpoint/session-cache.js';
export { DtlsSocket } from './endpoint/socket.js';
export { DtlsTransport, type TransportOptions } from './endpoint/transport.js';
