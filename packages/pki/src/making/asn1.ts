/** Small bridges to asn1js and pkijs, which make what the strict reader of this package reads. */
import { BitString, type BaseBlock, fromBER, Integer } from 'asn1js';
import { AlgorithmIdentifier, RelativeDistinguishedNames, Time } from 'pkijs';
import { concat, SelvageError } from '@selvage/core';
import { ecdsaWithSha256 } from '../certificate/algorithm.js';
import type { Name } from '../names/name.js';

/** What GeneralizedTime is for: UTCTime ends with the year 2049 (RFC 5280 §4.1.2.5). */
const firstGeneralizedYear = 2050;
const [utcTime, generalizedTime] = [0, 1] as const;

/** The bytes of a block, in DER. */
export function derOf(block: BaseBlock): Uint8Array {
  return new Uint8Array(block.toBER(false));
}

/** The block of bytes that the strict reader has read, or that were made here. */
export function blockOf(der: Uint8Array): BaseBlock {
  const { offset, result } = fromBER(der);
  if (offset === der.length) return result;
  throw new SelvageError('internal', 'bytes that were made here cannot be read back');
}

/** A name as pkijs wants it; it is written back byte by byte as it was. */
export function pkijsName({ der }: Name): RelativeDistinguishedNames {
  return new RelativeDistinguishedNames({ schema: blockOf(der) });
}

/** A moment to the second; milliseconds since 1970. */
export function pkijsTime(milliseconds: number): Time {
  const value = new Date(milliseconds);
  return new Time({ type: value.getUTCFullYear() < firstGeneralizedYear ? utcTime : generalizedTime, value });
}

/** ecdsa-with-SHA256, which has no parameters (RFC 5758 §3.2). */
export function pkijsEcdsaWithSha256(): AlgorithmIdentifier {
  return new AlgorithmIdentifier({ algorithmId: ecdsaWithSha256 });
}

/** An INTEGER of these content bytes, which must be its shortest form. */
export function integerOf(content: Uint8Array): Integer {
  return new Integer({ valueHex: content.slice().buffer });
}

const algorithmDer = derOf(pkijsEcdsaWithSha256().toSchema());
const sequenceTag = 0x30;

/**
 * What every signed object is: SEQUENCE { what is signed, algorithm, BIT STRING of the signature }. Put together from
 * bytes, so that what is handed out is what was signed.
 */
export function signedSequence(signed: Uint8Array, signature: Uint8Array): Uint8Array {
  const bits = derOf(new BitString({ valueHex: signature.slice().buffer }));
  const length = signed.length + algorithmDer.length + bits.length;
  return concat(Uint8Array.of(sequenceTag), lengthBytes(length), signed, algorithmDer, bits);
}

/** A length in its shortest form (X.690 §10.1). */
function lengthBytes(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 0xff);
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}
