import { bytes, type Decoded, enumeration, layout, opaque, struct, u8, u16, u48 } from '@selvage/core';

/** ProtocolVersion of DTLS 1.2 and 1.0 as they stand on the wire (one's complement of the TLS version). */
export const dtls12 = 0xfefd;
export const dtls10 = 0xfeff;

/** ContentType, RFC 5246 §6.2.1; tls12_cid is RFC 9146 §4. */
export const contentType = enumeration(u8, {
  change_cipher_spec: 20,
  alert: 21,
  handshake: 22,
  application_data: 23,
  tls12_cid: 25,
});

/** The numbers of {@link contentType}, for the paths that every record takes. */
export const ContentType = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
  tls12Cid: 25,
} as const;

/** TLSPlaintext.length may not exceed this, RFC 5246 §6.2.1. */
export const maximumPlaintext = 2 ** 14;
/** TLSCiphertext.length may not exceed this, RFC 5246 §6.2.3. */
export const maximumCiphertext = maximumPlaintext + 2048;
/** A record whose sequence number would exceed this must not be sent (RFC 6347 §4.1: the number never wraps). */
export const maximumSequence = 2 ** 48 - 1;

/**
 * ```
 * struct {
 *   ContentType type;
 *   ProtocolVersion version;
 *   uint16 epoch;
 *   uint48 sequence_number;
 *   uint16 length;
 *   opaque fragment[length];
 * } DTLSCiphertext;
 * ```
 * RFC 6347 §4.1.
 */
export const record = struct({
  type: contentType,
  version: u16,
  epoch: u16,
  sequence: u48,
  fragment: opaque(u16, { max: maximumCiphertext }),
});

export type DtlsRecord = Decoded<typeof record>;

/** The record of RFC 9146 §4: a connection ID, whose length only the receiver knows, before the length. */
export function recordWithConnectionId(connectionIdLength: number) {
  return struct({
    type: contentType,
    version: u16,
    epoch: u16,
    sequence: u48,
    connectionId: bytes(connectionIdLength),
    fragment: opaque(u16, { max: maximumCiphertext }),
  });
}

/** Offsets of the fixed part of {@link record}, for reading and writing it in place. */
export const recordLayout = layout(record);

/** Bytes before the fragment of a record without connection ID. */
export const recordHeaderLength = 13;
