/**
 * COSE messages with one signature or one authentication code (RFC 9052 §4.2, §6.2):
 *
 *     COSE_Sign1 = #6.18([protected: bstr .cbor header_map / h'', unprotected: header_map, payload: bstr, signature: bstr])
 *     COSE_Mac0  = #6.17([protected, unprotected, payload, tag: bstr])
 *
 * Detached payloads (nil) are not used here. Longer encodings than need be are let pass, as what is signed is bytes.
 */
import {
  type CborMap,
  type CborValue,
  type Codec,
  concat,
  decodeCbor,
  encodeCbor,
  FormatError,
  mapped,
  remaining,
  within,
} from '@selvage/core';
import { coseHeaders } from './algorithm.js';

/** The kinds of messages. */
export type CoseKind = 'sign1' | 'mac0';

/** A message as it was read: nothing of it is authentic before it was verified. */
export interface CoseMessage {
  readonly kind: CoseKind;
  /** The protected header as it is signed; empty where there is none. */
  readonly protectedBytes: Uint8Array;
  readonly protectedHeader: CborMap;
  readonly unprotectedHeader: CborMap;
  readonly payload: Uint8Array;
  /** The signature, r ‖ s or that of Ed25519, or the authentication code. */
  readonly signature: Uint8Array;
}

/** Bytes of the longest message that is read. */
export const longestCoseMessage = 16_384;
/** Bytes of the longest signature or code. */
const longestSignature = 132;
const tags: Readonly<Record<CoseKind, number>> = { sign1: 18, mac0: 17 };
const contexts: Readonly<Record<CoseKind, string>> = { sign1: 'Signature1', mac0: 'MAC0' };
const limits = { depth: 8, items: 1024, keys: 32 } as const;
const empty: CborMap = new Map();

/**
 * Reads a message: exactly one tag, four elements, and nothing behind them.
 * @throws FormatError naming the part; a header parameter that is both protected and not, or critical and not understood
 *   here (that is every one), is refused too
 */
export function readCose(bytes: Uint8Array): CoseMessage {
  if (bytes.length > longestCoseMessage) {
    throw new FormatError('length-out-of-range', `${bytes.length} bytes; ${longestCoseMessage} are the most`);
  }
  const { tag, rest } = untagged(bytes);
  const kind = (Object.keys(tags) as CoseKind[]).find((one) => tags[one] === tag);
  if (kind === undefined) throw new FormatError('invalid-value', `tag ${tag} is neither COSE_Sign1 nor COSE_Mac0`);
  return messageOf(kind, decodeCbor(rest, limits));
}

/** Writes a message, tag and all. */
export function writeCose({ kind, protectedBytes, unprotectedHeader, payload, signature }: CoseMessage): Uint8Array {
  const parts = encodeCbor([protectedBytes, unprotectedHeader, payload, signature]);
  return concat(Uint8Array.of(0xc0 | tags[kind]), parts);
}

/** Messages as a wire format. */
export const coseMessage: Codec<CoseMessage> = mapped(remaining, readCose, writeCose);

/** What is signed or authenticated of a message (RFC 9052 §4.4, §6.3), without external data. */
export function toBeSigned({ kind, protectedBytes, payload }: Omit<CoseMessage, 'signature'>): Uint8Array {
  return encodeCbor([contexts[kind], protectedBytes, new Uint8Array(0), payload]);
}

/** One tag in front, of whatever length its number is written in, and what it tags. */
function untagged(bytes: Uint8Array): { tag: number; rest: Uint8Array } {
  const [initial = 0, second = 0] = bytes;
  if (bytes.length === 0) throw new FormatError('truncated', 'nothing where a tag belongs');
  if (initial >> 5 !== 6) throw new FormatError('invalid-value', 'no tag in front: neither COSE_Sign1 nor COSE_Mac0');
  const information = initial & 31;
  if (information < 24) return { tag: information, rest: bytes.subarray(1) };
  if (information === 24 && bytes.length > 1) return { tag: second, rest: bytes.subarray(2) };
  throw new FormatError('invalid-value', 'the tag in front is neither that of COSE_Sign1 nor of COSE_Mac0');
}

function messageOf(kind: CoseKind, value: CborValue): CoseMessage {
  if (!Array.isArray(value)) throw new FormatError('invalid-value', 'no array under the tag');
  const elements = value as readonly CborValue[];
  if (elements.length !== 4) throw new FormatError('invalid-value', `${elements.length} elements where four belong`);
  const protectedBytes = bytesAt(elements, 0, 'protected');
  const protectedHeader = headerIn(protectedBytes);
  const unprotectedHeader = elements[1];
  if (!isHeader(unprotectedHeader)) throw new FormatError('invalid-value', 'no map').within('unprotected');
  requireOnce(protectedHeader, unprotectedHeader);
  const [payload, signature] = [bytesAt(elements, 2, 'payload'), bytesAt(elements, 3, 'signature')];
  if (signature.length > longestSignature) {
    const problem = `${signature.length} bytes; ${longestSignature} are the most`;
    throw new FormatError('length-out-of-range', problem).within('signature');
  }
  return { kind, protectedBytes, protectedHeader, unprotectedHeader, payload, signature };
}

function bytesAt(elements: readonly CborValue[], at: number, name: string): Uint8Array {
  const value = elements[at];
  if (value instanceof Uint8Array) return value;
  throw new FormatError('invalid-value', 'no byte string').within(name);
}

/** An empty byte string stands for an empty map (RFC 9052 §3). */
function headerIn(bytes: Uint8Array): CborMap {
  if (bytes.length === 0) return empty;
  try {
    const header = decodeCbor(bytes, limits);
    if (isHeader(header)) return header;
    throw new FormatError('invalid-value', 'no map');
  } catch (error) {
    throw within(error, 'protected');
  }
}

function isHeader(value: CborValue): value is CborMap {
  return value instanceof Map;
}

function requireOnce(protectedHeader: CborMap, unprotectedHeader: CborMap): void {
  const twice = [...protectedHeader.keys()].find((label) => unprotectedHeader.has(label));
  if (twice !== undefined) {
    throw new FormatError('invalid-value', `header parameter ${twice} is both protected and unprotected`);
  }
  if (protectedHeader.has(coseHeaders.critical) || unprotectedHeader.has(coseHeaders.critical)) {
    throw new FormatError('invalid-value', 'a header parameter is critical, and none is understood here as such');
  }
}
