import { concat, SelvageError } from '@selvage/core';
import type { PeerIdentity } from '../peer-identity.js';

/** What a key exchange yields. The peer is who it claims to be only once its Finished has verified. */
export interface Agreement {
  readonly premaster: Uint8Array;
  readonly peer: PeerIdentity;
}

/** A client's answer to the server's flight. */
export interface ClientAgreement extends Agreement {
  /** The body of ClientKeyExchange. */
  readonly clientKeyExchange: Uint8Array;
}

/** A server's half of a key exchange: made once for a handshake, answered by the client's ClientKeyExchange. */
export interface ServerOffer {
  /** The body of ServerKeyExchange; for a signed exchange the parameters that the signature will cover. */
  readonly serverKeyExchange: Uint8Array | undefined;
  /**
   * Reads the body of a ClientKeyExchange. What it throws leaves the offer as it was, so that the message of the real
   * peer can still be read.
   */
  agree(clientKeyExchange: Uint8Array): Agreement;
}

/** Premaster secret of the PSK exchanges, RFC 4279 §2: length ‖ other secret ‖ length ‖ key. */
export function pskPremaster(otherSecret: Uint8Array, key: Uint8Array): Uint8Array {
  return concat(uint16(otherSecret.length), otherSecret, uint16(key.length), key);
}

/** Runs a step whose failure means that the peer's public value is no good. */
export function readPublicValue<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new SelvageError('illegal-parameter', `the peer's ${what} is not a point on P-256`, { cause });
  }
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}
