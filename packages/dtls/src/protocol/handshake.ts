import { type Decoded, encode, enumeration, mapped, remaining, struct, u8, u16, u24 } from '@selvage/core';

/** HandshakeType, RFC 5246 §7.4 and RFC 6347 §4.3.2. */
export const handshakeType = enumeration(u8, {
  hello_request: 0,
  client_hello: 1,
  server_hello: 2,
  hello_verify_request: 3,
  new_session_ticket: 4,
  certificate: 11,
  server_key_exchange: 12,
  certificate_request: 13,
  server_hello_done: 14,
  certificate_verify: 15,
  client_key_exchange: 16,
  finished: 20,
});

export type HandshakeTypeValue = Decoded<typeof handshakeType>;
/** The name of a handshake message in the words of RFC 5246. */
export type HandshakeType = Extract<HandshakeTypeValue, string>;

const fragmentHeader = {
  type: handshakeType,
  length: u24,
  messageSequence: u16,
  fragmentOffset: u24,
  fragmentLength: u24,
};

/**
 * ```
 * struct {
 *   HandshakeType msg_type;
 *   uint24 length;
 *   uint16 message_seq;
 *   uint24 fragment_offset;
 *   uint24 fragment_length;
 *   opaque fragment[fragment_length];
 * } Handshake;
 * ```
 * RFC 6347 §4.2.2. Several may follow each other in one record, so the fragment is read by `readFragments`.
 */
export const handshakeFragmentHeader = struct(fragmentHeader);

export type HandshakeFragmentHeader = Decoded<typeof handshakeFragmentHeader>;

/** Bytes of {@link handshakeFragmentHeader}. */
export const handshakeHeaderLength = 12;

/** One whole handshake message. */
export interface HandshakeMessage {
  readonly type: HandshakeTypeValue;
  readonly sequence: number;
  readonly body: Uint8Array;
  /** The message as it enters the transcript: as if it had been sent in one fragment (RFC 6347 §4.2.6). */
  readonly raw: Uint8Array;
}

/** Builds a message from its body. */
export function handshakeMessage(type: HandshakeTypeValue, sequence: number, body: Uint8Array): HandshakeMessage {
  const raw = encode(wholeMessage, { type, sequence, body });
  return { type, sequence, body: raw.subarray(handshakeHeaderLength), raw };
}

/** A whole, unfragmented message: the header's two lengths are the body's. */
export const wholeMessage = mapped(
  struct({ ...fragmentHeader, fragment: remaining }),
  (wire) => ({ type: wire.type, sequence: wire.messageSequence, body: wire.fragment }),
  (message) => ({
    type: message.type,
    length: message.body.length,
    messageSequence: message.sequence,
    fragmentOffset: 0,
    fragmentLength: message.body.length,
    fragment: message.body,
  }),
);
