export { DtlsConnection } from './connection/connection.js';
export type {
  Credentials,
  DtlsConfiguration,
  PreSharedKey,
  Retransmission,
} from './connection/configuration.js';
export type { CloseReason, DtlsInput, DtlsOutput, SignOperation } from './connection/events.js';
export type { DtlsSession, ResumableSession, SessionCache } from './connection/session.js';
export type { MessageDescription } from './describe/description.js';
export type { PeerIdentity } from './handshake/peer-identity.js';
export type { ChainVerdict } from './handshake/role.js';
export { type CipherSuite, type CipherSuiteName, cipherSuites } from './protocol/cipher-suites.js';
