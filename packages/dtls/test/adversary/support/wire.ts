import { type Codec, concat, type FieldSpan, struct, trace, u8 } from '@selvage/core';
import { ecjpakeKeyKp, ecjpakeKeyKpPairList, serverEcjpakeParams } from '@selvage/crypto';
import type { CipherSuite } from '../../../src/index.js';
import { alert } from '../../../src/protocol/alerts.js';
import { handshakeFragmentHeader, handshakeHeaderLength, handshakeType } from '../../../src/protocol/handshake.js';
import { clientHello, helloVerifyRequest, serverHello } from '../../../src/protocol/hello.js';
import {
  certificate,
  certificateRequest,
  certificateVerify,
  ecdhAnonServerKeyExchange,
  ecdhClientKeyExchange,
  ecdheEcdsaServerKeyExchange,
  ecdhePskClientKeyExchange,
  ecdhePskServerKeyExchange,
  pskClientKeyExchange,
  pskServerKeyExchange,
} from '../../../src/protocol/key-exchange.js';
import { ContentType, record, recordHeaderLength, recordWithConnectionId } from '../../../src/protocol/record.js';

type KeyExchange = CipherSuite['keyExchange'];

/** Connection IDs of the adversary's scenarios have this many bytes on both sides. */
export const connectionIdLength = 4;

const serverKeyExchange: Record<KeyExchange, Codec<unknown>> = {
  ecjpake: serverEcjpakeParams,
  'ecdhe-ecdsa': ecdheEcdsaServerKeyExchange,
  psk: pskServerKeyExchange,
  'ecdhe-psk': ecdhePskServerKeyExchange,
  'ecdh-anon': ecdhAnonServerKeyExchange,
};

const clientKeyExchange: Record<KeyExchange, Codec<unknown>> = {
  ecjpake: ecjpakeKeyKp,
  'ecdhe-ecdsa': ecdhClientKeyExchange,
  psk: pskClientKeyExchange,
  'ecdhe-psk': ecdhePskClientKeyExchange,
  'ecdh-anon': ecdhClientKeyExchange,
};

/** The records of a datagram as an honest sender packed them. */
export function recordsOf(datagram: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let offset = 0; offset < datagram.length; ) {
    const header = headerLengthOf(datagram.subarray(offset));
    const length = header + readUint16(datagram, offset + header - 2);
    records.push(datagram.slice(offset, offset + length));
    offset += length;
  }
  return records;
}

/** What an honest record holds: a message of RFC 5246 §7.4, `client_hello_with_cookie`, or a name of its content type. */
export function nameOf(bytes: Uint8Array): string {
  const type = bytes[0];
  if (type === ContentType.changeCipherSpec) return 'change_cipher_spec';
  if (type === ContentType.alert) return 'alert';
  if (type === ContentType.applicationData) return 'application_data';
  if (epochOf(bytes) > 0) return 'finished';
  const message = handshakeType.fromNumber(bytes[recordHeaderLength] ?? 0);
  if (message !== 'client_hello') return typeof message === 'string' ? message : 'unknown';
  const cookieLength = bytes[recordHeaderLength + handshakeHeaderLength + 35 + sessionIdLength(bytes)];
  return cookieLength === 0 ? 'client_hello' : 'client_hello_with_cookie';
}

export function epochOf(bytes: Uint8Array): number {
  return readUint16(bytes, 3);
}

export function headerLengthOf(bytes: Uint8Array): number {
  return recordHeaderLength + (bytes[0] === ContentType.tls12Cid ? connectionIdLength : 0);
}

/** Every leaf field of a record that holds one whole message, as the declarations of the formats give them. */
export function fieldsOf(bytes: Uint8Array, keyExchange: KeyExchange): FieldSpan[] {
  const format = bytes[0] === ContentType.tls12Cid ? recordWithConnectionId(connectionIdLength) : record;
  const outer = trace<unknown>(format, bytes, 'record');
  if (epochOf(bytes) > 0) return outer;
  return expand(bytes, outer, 'record.fragment', (fragment) => contentFields(bytes, fragment, keyExchange));
}

function contentFields(bytes: Uint8Array, fragment: Uint8Array, keyExchange: KeyExchange): FieldSpan[] {
  switch (bytes[0]) {
    case ContentType.changeCipherSpec:
      return trace(struct({ type: u8 }), fragment, 'changeCipherSpec');
    case ContentType.alert:
      return trace(alert, fragment, 'alert');
    default:
      return handshakeFields(fragment, keyExchange);
  }
}

function handshakeFields(fragment: Uint8Array, keyExchange: KeyExchange): FieldSpan[] {
  const header = trace(handshakeFragmentHeader, fragment.subarray(0, handshakeHeaderLength), 'handshake');
  const body = fragment.subarray(handshakeHeaderLength);
  const name = handshakeType.fromNumber(fragment[0] ?? 0);
  const fields = trace(bodyFormat(name, keyExchange), body, 'body');
  const roundOne = fields.find(({ path, kind }) => path.endsWith('.ecjpake_key_kp_pair') && kind === 'bytes');
  const expanded =
    roundOne === undefined
      ? fields
      : expand(body, fields, roundOne.path, (bytes) => trace(ecjpakeKeyKpPairList, bytes, roundOne.path));
  return [...header, ...expanded.map((span) => ({ ...span, offset: span.offset + handshakeHeaderLength }))];
}

function bodyFormat(name: ReturnType<typeof handshakeType.fromNumber>, keyExchange: KeyExchange): Codec<unknown> {
  switch (name) {
    case 'client_hello':
      return clientHello;
    case 'hello_verify_request':
      return helloVerifyRequest;
    case 'server_hello':
      return serverHello;
    case 'certificate':
      return certificate;
    case 'server_key_exchange':
      return serverKeyExchange[keyExchange];
    case 'certificate_request':
      return certificateRequest;
    case 'certificate_verify':
      return certificateVerify;
    case 'client_key_exchange':
      return clientKeyExchange[keyExchange];
    default:
      return struct({});
  }
}

/** Puts the fields within a byte string in the string's place. */
function expand(
  bytes: Uint8Array,
  spans: readonly FieldSpan[],
  path: string,
  fieldsWithin: (content: Uint8Array) => FieldSpan[],
): FieldSpan[] {
  return spans.flatMap((span) => {
    if (span.path !== path) return [span];
    const inner = fieldsWithin(bytes.subarray(span.offset, span.offset + span.length));
    return inner.map((field) => ({ ...field, offset: field.offset + span.offset }));
  });
}

/** The record of an honest message with other content and lengths that fit it. */
export function withFragment(bytes: Uint8Array, fragment: Uint8Array): Uint8Array {
  const header = bytes.slice(0, headerLengthOf(bytes));
  writeUint(header, header.length - 2, 2, fragment.length);
  return concat(header, fragment);
}

/** The record of an honest, unfragmented handshake message with another body (and type), and lengths that fit it. */
export function withBody(bytes: Uint8Array, body: Uint8Array, type = bytes[recordHeaderLength] ?? 0): Uint8Array {
  const header = bytes.slice(recordHeaderLength, recordHeaderLength + handshakeHeaderLength);
  header[0] = type;
  writeUint(header, 1, 3, body.length);
  writeUint(header, 9, 3, body.length);
  return withFragment(bytes, concat(header, body));
}

/** The body of an honest, unfragmented handshake message. */
export function bodyOf(bytes: Uint8Array): Uint8Array {
  return bytes.slice(recordHeaderLength + handshakeHeaderLength);
}

export function writeUint(target: Uint8Array, offset: number, length: number, value: number): void {
  for (let index = 0; index < length; index++) {
    target[offset + index] = Math.floor(value / 256 ** (length - 1 - index)) % 256;
  }
}

function readUint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

function sessionIdLength(bytes: Uint8Array): number {
  return bytes[recordHeaderLength + handshakeHeaderLength + 34] ?? 0;
}
