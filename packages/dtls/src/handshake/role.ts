import type { SelvageError } from '@selvage/core';
import type { HashAlgorithm, KeyHandle } from '@selvage/crypto';
import type { Settings } from '../connection/configuration.js';
import type { DtlsSession, ResumableSession } from '../connection/session.js';
import type { HandshakeMessage } from '../protocol/handshake.js';
import type { RecordLayer } from '../record/record-layer.js';
import type { Flight } from './flight.js';
import type { SessionSecrets } from './key-schedule.js';
import type { Reassembly } from './reassembly.js';

/** A person's or a program's judgement of the peer's certificate chain. */
export type ChainVerdict =
  | { readonly accepted: true }
  /** `error` names what is wrong and gives the alert, such as `certificate-expired` or `unknown-ca`. */
  | { readonly accepted: false; readonly error: SelvageError };

/** What a side of the handshake asks of the connection around it. */
export interface HandshakeHost {
  readonly settings: Settings;
  readonly records: RecordLayer;
  /** The connection ID we want in the peer's records (RFC 9146); `undefined` where they are not used. */
  readonly connectionId: Uint8Array | undefined;
  readonly reassembly: Reassembly;
  /** Sends a flight and, unless it is the last one of the handshake, repeats it until the next flight arrives. */
  send(flight: Flight, options?: { readonly final: boolean }): void;
  /** Wants a signature; it comes to `signed`. */
  sign(key: KeyHandle, hash: HashAlgorithm, message: Uint8Array): void;
  /** Wants the peer's chain judged (DER, leaf first); the verdict comes to `judged`. */
  judge(chain: readonly Uint8Array[]): void;
  /** Server: the session a client wants to resume, when it is still known. */
  cachedSession(sessionId: Uint8Array): ResumableSession | undefined;
  /** Keys for reading are there: records that came too early can be read now. */
  readsReady(): void;
  /** The handshake is complete on this side. */
  complete(session: DtlsSession, secrets: SessionSecrets): void;
}

/**
 * One side of a handshake. What is thrown leaves the side where it stood before the flight that the message belongs to:
 * the peer's next, honest copy of that flight is then judged afresh. A message that does not belong in its place
 * (`unexpected-message`) takes nothing with it: the side stands where it stood before that message.
 */
export interface HandshakeRole {
  /** What is awaited, for the error when it never comes. */
  readonly waitingFor: string;
  /** The message sequence at which the flight now being received starts. */
  readonly flightStart: number;
  /** Whether a key operation or a verdict is awaited, so that messages have to wait. */
  readonly busy: boolean;
  message(message: HandshakeMessage): void;
  /** Forgets what it has gathered of the flight now being received: the peer begins it again. */
  startOver(): void;
  signed(signature: Uint8Array): void;
  judged(verdict: ChainVerdict): void;
  /**
   * A protected record did not open while Finished is awaited. Returns whether that speaks against the peer: it may be
   * forged, or the keys differ (a wrong passphrase shows nowhere else).
   */
  unreadable(): boolean;
  /** The flight is about to be sent again. Returns whether the side has sent another one in its place. */
  sendsOtherwise(): boolean;
  /** Forgets what secrets are not handed to the session. */
  destroy(): void;
}
