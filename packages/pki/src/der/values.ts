import { FormatError } from '@selvage/core';
import { type DerElement, DerTag } from './element.js';
import { contentOf, type DerType, readDer } from './fields.js';

/** BOOLEAN: FF or 00 (X.690 §11.1). */
export const boolean: DerType<boolean> = (element) => {
  const content = contentOf(element, DerTag.boolean);
  if (content.length === 1 && (content[0] === 0x00 || content[0] === 0xff)) return content[0] === 0xff;
  throw new FormatError('invalid-value', 'a boolean that is neither 00 nor ff');
};

/** INTEGER as its bytes, in two's complement and the shortest form (X.690 §8.3). */
export const integerBytes: DerType<Uint8Array> = (element) => shortestInteger(contentOf(element, DerTag.integer));

/** INTEGER (0..MAX) as a number; one too big for that is infinity. */
export const count: DerType<number> = (element) => numberOf(integerBytes(element));

/** The same under an implicit context tag. */
export function countAs(tag: number): DerType<number> {
  return (element) => numberOf(shortestInteger(contentOf(element, tag)));
}

/** OCTET STRING. */
export const octetString: DerType<Uint8Array> = (element) => contentOf(element, DerTag.octetString);

/** The bytes of an element under an implicit context tag. */
export function octetsAs(tag: number): DerType<Uint8Array> {
  return (element) => contentOf(element, tag);
}

/** OCTET STRING that holds one element of DER, as the value of an extension does. */
export function inOctetString<T>(type: DerType<T>): DerType<T> {
  return (element) => readDer(octetString(element), type);
}

/** BIT STRING of whole bytes: signatures and keys. */
export const wholeBytes: DerType<Uint8Array> = (element) => {
  const content = contentOf(element, DerTag.bitString);
  if (content.length > 0 && content[0] === 0) return content.subarray(1);
  throw new FormatError('invalid-value', 'a bit string that is not of whole bytes');
};

/** More bytes of named bits than any of our formats has; a peer decides how many it sends. */
const mostBitBytes = 8;

/**
 * BIT STRING of named bits (X.680 §22): the numbers of those that are set. Zero bits at the end are let pass, though
 * DER leaves them out (X.690 §11.2.2): some authorities write them, and they change nothing.
 */
export function namedBits(tag: number = DerTag.bitString): DerType<number[]> {
  return (element: DerElement) => {
    const [unused = 8, ...bytes] = contentOf(element, tag).subarray(0, mostBitBytes + 2);
    const last = bytes.at(-1) ?? 0;
    if (
      unused > 7 ||
      bytes.length > mostBitBytes ||
      (bytes.length === 0 && unused > 0) ||
      (last & ((1 << unused) - 1)) !== 0
    ) {
      throw new FormatError('invalid-value', 'a bit string whose unused bits are not as they must be');
    }
    return bytes.flatMap((byte, at) =>
      [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte & (0x80 >> bit)) !== 0).map((bit) => 8 * at + bit),
    );
  };
}

function shortestInteger(content: Uint8Array): Uint8Array {
  const [first, second] = content;
  if (first === undefined) throw new FormatError('invalid-value', 'an integer without bytes');
  const isPadded = second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (isPadded) throw new FormatError('invalid-value', 'an integer that is not in its shortest form');
  return content;
}

const exactBytes = 6;

function numberOf(bytes: Uint8Array): number {
  if ((bytes[0] as number) >= 0x80) throw new FormatError('invalid-value', 'a negative number where none can be');
  if (bytes.length > exactBytes) return Number.POSITIVE_INFINITY;
  return bytes.reduce((value, byte) => 256 * value + byte, 0);
}
