import { maximumPlaintext } from '../protocol/record.js';

/** What a record's protection covers besides its content. */
export interface RecordCoordinates {
  /** ContentType: of the content when there is a connection ID, the record's own otherwise. */
  readonly type: number;
  readonly epoch: number;
  readonly sequence: number;
  /** The connection ID in the record's header, RFC 9146. */
  readonly connectionId: Uint8Array | undefined;
}

/**
 * One direction's protection of one epoch. `seal` and `open` work on the record's fragment; with a connection ID that
 * fragment holds a DTLSInnerPlaintext (RFC 9146 §4), which the record layer packs and unpacks.
 */
export interface RecordProtection {
  /** The length of the fragment that `plaintextLength` bytes become. */
  sealedLength(plaintextLength: number): number;
  /** The most that a fragment is longer than its plaintext. */
  readonly maximumExpansion: number;
  /** Writes the protected fragment to `target` at `offset`; returns the bytes written, which are `sealedLength`. */
  seal(at: RecordCoordinates, plaintext: Uint8Array, target: Uint8Array, offset: number): number;
  /** The plaintext, or `undefined` when the fragment is not authentic (also when it is too short or too long). */
  open(at: RecordCoordinates, fragment: Uint8Array): Uint8Array | undefined;
  /** Forgets the keys. */
  destroy(): void;
}

/** The bytes of additional data of a plain record: seq_num ‖ type ‖ version ‖ length (RFC 5246 §6.2.3.3). */
export const additionalDataLength = 13;

/** Whether a fragment that became `plaintextLength` bytes may pass (RFC 5246 §6.2.1, one byte more for RFC 9146's type). */
export function isPlaintextLength(plaintextLength: number): boolean {
  return plaintextLength >= 0 && plaintextLength <= maximumPlaintext + 1;
}
