import { ByteReader, SelvageError } from '@selvage/core';

/** One element of DER (X.690 §8.1): its tag, what is in it, and all its bytes. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly raw: Uint8Array;
}

/** The tags of certificates, X.690 §8. */
export const DerTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  version: 0xa0,
  extensions: 0xa3,
} as const;

/**
 * The elements that follow each other in some bytes.
 * @throws SelvageError `truncated`, `invalid-value` where the bytes are not DER.
 */
export function derElements(bytes: Uint8Array): DerElement[] {
  const reader = new ByteReader(bytes);
  const elements: DerElement[] = [];
  while (reader.remaining > 0) {
    const start = reader.offset;
    const tag = reader.u8();
    const content = reader.bytes(derLength(reader));
    elements.push({ tag, content, raw: bytes.subarray(start, reader.offset) });
  }
  return elements;
}

/**
 * What is in the only element of some bytes, of this tag.
 * @throws SelvageError as {@link derElements}, `invalid-value` for another tag or more than one element.
 */
export function derContent(bytes: Uint8Array, tag: number): Uint8Array {
  const [element, ...more] = derElements(bytes);
  return more.length === 0 ? contentOf(element, tag) : contentOf(undefined, tag);
}

/** @throws SelvageError `invalid-value` for an element that is missing or has another tag. */
export function contentOf(element: DerElement | undefined, tag: number): Uint8Array {
  if (element?.tag === tag) return element.content;
  const found = element === undefined ? 'nothing' : `tag ${element.tag}`;
  throw new SelvageError('invalid-value', `DER has ${found} where tag ${tag} belongs`);
}

/** Lengths in the shortest form, as DER wants them (X.690 §10.1), up to 2^24 bytes. */
function derLength(reader: ByteReader): number {
  const first = reader.u8();
  if (first < 0x80) return first;
  const length = first === 0x81 ? reader.u8() : first === 0x82 ? reader.u16() : first === 0x83 ? reader.u24() : 0;
  const least = first === 0x81 ? 0x80 : first === 0x82 ? 0x100 : 0x10000;
  if (length >= least) return length;
  throw new SelvageError('invalid-value', 'DER has a length that is not in its shortest form');
}
