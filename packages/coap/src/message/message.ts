import { type ByteReader, ByteWriter, type Codec, FormatError, within } from '@selvage/core';
import { codeText, emptyCode, isReserved } from './code.js';
import { type CoapOption, payloadMarker, readOption, writeOption } from './option-codec.js';

/** The types of RFC 7252 §3 at their numbers: Confirmable, Non-confirmable, Acknowledgement, Reset. */
export const messageTypes = ['CON', 'NON', 'ACK', 'RST'] as const;

/** A message type. */
export type MessageType = (typeof messageTypes)[number];

/** A CoAP message, RFC 7252 §3. */
export interface CoapMessage {
  readonly type: MessageType;
  /** Class and detail in one byte: `0x45` is 2.05. */
  readonly code: number;
  readonly messageId: number;
  /** 0 to 8 bytes. */
  readonly token: Uint8Array;
  /** By ascending number; options of one number keep their order. */
  readonly options: readonly CoapOption[];
  /** Empty where there is none. */
  readonly payload: Uint8Array;
}

/** The Version field of every message that this package reads and writes. */
export const coapVersion = 1;
/** Bytes before the token. */
export const headerLength = 4;
/** The longest token; the lengths 9 to 15 are reserved. */
export const largestToken = 8;

export const noBytes = new Uint8Array(0);
const noOptions: readonly CoapOption[] = [];

/**
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |Ver| T |  TKL  |      Code     |          Message ID           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   Token (if any, TKL bytes) ...
 * |   Options (if any) ...
 * |1 1 1 1 1 1 1 1|    Payload (if any) ...
 * ```
 * RFC 7252 §3. Everything that section calls a message format error is refused: a reserved token length, a reserved class of codes, the
 * reserved option nibble, a payload marker with nothing behind it, and an Empty message that is not empty.
 */
export const coapMessage: Codec<CoapMessage> = {
  decode(reader: ByteReader): CoapMessage {
    const first = numberField(reader, 'header', 1);
    const tokenLength = checkHeader(first);
    const code = numberField(reader, 'code', 1);
    const messageId = numberField(reader, 'messageId', 2);
    const type = messageTypes[(first >> 4) & 3] as MessageType;
    if (code === emptyCode) return emptyMessage(type, messageId, tokenLength + reader.remaining);
    if (isReserved(code)) throw new FormatError('invalid-value', `code: ${codeText(code)} is of a reserved class`);
    const token = bytesField(reader, 'token', tokenLength);
    const options = readOptions(reader);
    const payload = reader.remaining === 0 ? noBytes : bytesField(reader, 'payload', reader.remaining);
    return { type, code, messageId, token, options, payload };
  },

  encode(writer: ByteWriter, message: CoapMessage): void {
    const { code, token, options, payload } = message;
    checkParts(message);
    writer.u8((coapVersion << 6) | (messageTypes.indexOf(message.type) << 4) | token.length);
    writer.u8(code);
    writer.u16(message.messageId);
    writer.bytes(token);
    let previous = 0;
    for (let i = 0; i < options.length; i++) {
      const option = options[i] as CoapOption;
      try {
        writeOption(writer, option, previous);
      } catch (error) {
        throw within(error, `options[${i}]`);
      }
      previous = option.number;
    }
    if (payload.length === 0) return;
    writer.u8(payloadMarker);
    writer.bytes(payload);
  },
};

/** One buffer serves all messages: it is empty again after each. */
const shared = new ByteWriter(2048);

/** The bytes of a message, as `encode(coapMessage, …)` gives them. */
export function encodeMessage(message: CoapMessage): Uint8Array {
  try {
    coapMessage.encode(shared, message);
  } catch (error) {
    shared.take();
    throw error;
  }
  return shared.take();
}

function checkHeader(first: number): number {
  const version = first >> 6;
  if (version !== coapVersion) throw new FormatError('invalid-value', `header: version ${version} is unknown`);
  const tokenLength = first & 0x0f;
  if (tokenLength <= largestToken) return tokenLength;
  throw new FormatError('invalid-value', `header: the token length ${tokenLength} is reserved`);
}

function emptyMessage(type: MessageType, messageId: number, excess: number): CoapMessage {
  if (excess === 0) return { type, code: emptyCode, messageId, token: noBytes, options: noOptions, payload: noBytes };
  throw new FormatError('trailing-bytes', 'an Empty message ends with its message ID');
}

/** Reads the options and the marker that ends them. */
function readOptions(reader: ByteReader): readonly CoapOption[] {
  if (reader.remaining === 0) return noOptions;
  const options: CoapOption[] = [];
  let previous = 0;
  try {
    while (reader.remaining > 0) {
      reader.trace?.enter(`options[${options.length}]`);
      const header = numberField(reader, 'header', 1);
      if (header === payloadMarker) {
        reader.trace?.leave();
        checkPayload(reader);
        break;
      }
      const option = readOption(reader, header, previous);
      reader.trace?.leave();
      options.push(option);
      previous = option.number;
    }
  } catch (error) {
    throw within(error, `options[${options.length}]`);
  }
  return options;
}

function checkPayload(reader: ByteReader): void {
  if (reader.remaining > 0) return;
  throw new FormatError('truncated', 'a payload marker without a payload');
}

function checkParts({ code, token, options, payload }: CoapMessage): void {
  if (token.length > largestToken) {
    throw new FormatError('length-out-of-range', `token: ${token.length} bytes where 0 to 8 are allowed`, {
      fault: 'caller',
    });
  }
  if (isReserved(code)) {
    throw new FormatError('invalid-value', `code: ${codeText(code)} is of a reserved class`, { fault: 'caller' });
  }
  if (code === emptyCode && token.length + options.length + payload.length > 0) {
    throw new FormatError('invalid-value', 'an Empty message ends with its message ID', { fault: 'caller' });
  }
}

function numberField(reader: ByteReader, name: string, size: 1 | 2): number {
  const value = size === 1 ? reader.u8() : reader.u16();
  const { trace } = reader;
  if (trace !== undefined) {
    trace.enter(name);
    trace.number(reader.offset - size, size);
    trace.leave();
  }
  return value;
}

function bytesField(reader: ByteReader, name: string, length: number): Uint8Array {
  if (length === 0) return noBytes;
  const value = reader.bytes(length);
  const { trace } = reader;
  if (trace !== undefined) {
    trace.enter(name);
    trace.bytes(reader.offset - length, length);
    trace.leave();
  }
  return value;
}
