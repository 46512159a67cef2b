import { type ByteReader, FormatError } from '@selvage/core';

/** One element of DER (X.690 §8.1): its tag, what is in it, and all its bytes, as views on the message. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly raw: Uint8Array;
}

/** The identifier octets that certificates, requests and revocation lists use (X.690 §8.1.2). */
export const DerTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The identifier octet of a context-specific element `[number]`: primitive, or constructed where it holds elements. */
export function contextTag(number: number, form: 'primitive' | 'constructed'): number {
  return (form === 'constructed' ? 0xa0 : 0x80) | number;
}

/** All five low bits set announce a tag number of more bytes, which none of our formats has. */
const longTag = 0x1f;

/**
 * Reads the next element. Lengths are definite and in their shortest form, as DER wants them (X.690 §10.1): a peer must
 * not be able to write one certificate in two ways.
 * @param bytes what `reader` reads, from its start.
 * @throws SelvageError `truncated`, `invalid-value`.
 */
export function readElement(reader: ByteReader, bytes: Uint8Array): DerElement {
  const start = reader.offset;
  const tag = reader.u8();
  if ((tag & longTag) === longTag) throw new FormatError('invalid-value', 'a tag number above 30 has no place here');
  const content = reader.bytes(readLength(reader));
  return { tag, content, raw: bytes.subarray(start, reader.offset) };
}

/** Up to 16 MiB: more than that is no certificate and no list. */
function readLength(reader: ByteReader): number {
  const first = reader.u8();
  if (first < 0x80) return first;
  const length = longLength(reader, first);
  const least = first === 0x81 ? 0x80 : 2 ** (8 * ((first & 0x7f) - 1));
  if (length >= least) return length;
  throw new FormatError('invalid-value', 'a length that is not in its shortest form');
}

function longLength(reader: ByteReader, first: number): number {
  switch (first) {
    case 0x81:
      return reader.u8();
    case 0x82:
      return reader.u16();
    case 0x83:
      return reader.u24();
    default: {
      const problem = first === 0x80 ? 'an indefinite length, which DER does not have' : 'a length beyond 16 MiB';
      throw new FormatError('invalid-value', problem);
    }
  }
}
