/**
 * ECDSA signatures of P-256 in the two forms that go over wires: DER (RFC 3279 §2.2.3), which keys give and take here,
 * and r ‖ s of fixed width (RFC 9053 §2.1), which COSE has.
 */
import { concat, FormatError } from '@selvage/core';
import { readDer, sequence } from '../der/fields.js';
import { integerBytes } from '../der/values.js';
import { integerElement, sequenceElement } from '../der/write.js';

/** Bytes of r, and of s. */
const width = 32;

const signature = sequence((fields) => ({ r: fields.read('r', integerBytes), s: fields.read('s', integerBytes) }));

/**
 * r ‖ s, 64 bytes, of a signature in DER.
 * @throws FormatError for what is not such a signature: `invalid-value` for a number that is negative or too long.
 */
export function signatureFromDer(der: Uint8Array): Uint8Array {
  const { r, s } = readDer(der, signature, 'signature');
  return concat(fixedWidth(r, 'r'), fixedWidth(s, 's'));
}

/** The DER of r ‖ s. @throws FormatError `length-out-of-range` unless there are 64 bytes. */
export function signatureToDer(raw: Uint8Array): Uint8Array {
  if (raw.length !== 2 * width) {
    throw new FormatError('length-out-of-range', `a signature of ${raw.length} bytes where ES256 has ${2 * width}`);
  }
  return sequenceElement(shortest(raw.subarray(0, width)), shortest(raw.subarray(width)));
}

function fixedWidth(integer: Uint8Array, name: string): Uint8Array {
  const digits = integer[0] === 0 ? integer.subarray(1) : integer;
  if ((integer[0] as number) >= 0x80 || digits.length > width) {
    throw new FormatError('invalid-value', `${name} is no number below 2^${8 * width}`);
  }
  const fixed = new Uint8Array(width);
  fixed.set(digits, width - digits.length);
  return fixed;
}

function shortest(digits: Uint8Array): Uint8Array {
  const first = digits.findIndex((byte) => byte !== 0);
  const rest = digits.subarray(first < 0 ? digits.length - 1 : first);
  return integerElement((rest[0] as number) >= 0x80 ? concat(Uint8Array.of(0), rest) : rest);
}
