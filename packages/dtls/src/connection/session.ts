import type { Instant } from '@selvage/core';
import type { PeerIdentity } from '../handshake/peer-identity.js';
import type { CipherSuite } from '../protocol/cipher-suites.js';

/** What the two sides agreed on. */
export interface DtlsSession {
  readonly suite: CipherSuite;
  readonly peer: PeerIdentity;
  /** Empty when the server keeps no session for resumption. */
  readonly sessionId: Uint8Array;
  readonly resumed: boolean;
  /** Whether the master secret is bound to the whole handshake (RFC 7627). */
  readonly extendedMasterSecret: boolean;
  readonly encryptThenMac: boolean;
}

/** All that a resumed handshake needs of an earlier session. It holds the master secret: keep it as you keep a key. */
export interface ResumableSession {
  readonly sessionId: Uint8Array;
  readonly suiteId: number;
  readonly masterSecret: Uint8Array;
  readonly extendedMasterSecret: boolean;
  readonly peer: PeerIdentity;
}

/** A server's memory of sessions, by session ID. */
export interface SessionCache {
  get(sessionId: Uint8Array, now: Instant): ResumableSession | undefined;
  put(session: ResumableSession, now: Instant): void;
  delete(sessionId: Uint8Array): void;
}
