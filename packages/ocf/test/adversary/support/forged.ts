import { concat } from '@selvage/core';
import type { KeyHandle } from '@selvage/crypto';
import type { World } from '../../device/support/world.js';

/** Bytes of a certificate that are replaced by as many others. */
export interface Alteration {
  readonly from: string | Uint8Array;
  readonly to: string | Uint8Array;
}

/** ecdsa-with-SHA256 as an AlgorithmIdentifier (RFC 5758 §3.2). */
const algorithm = Uint8Array.of(0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);

/** A certificate with bytes altered, all places of them, and signed again: what its authority would never issue. */
export async function forged(
  world: World,
  certificate: Uint8Array,
  signer: KeyHandle,
  { from, to }: Alteration,
): Promise<Uint8Array> {
  const message = replaced(signedPart(certificate), bytesOf(from), bytesOf(to));
  const signature = await world.keys.sign({ handle: signer, hash: 'sha256', message });
  return element(0x30, message, algorithm, element(0x03, Uint8Array.of(0), signature));
}

/** The first element within a certificate. */
function signedPart(certificate: Uint8Array): Uint8Array {
  const start = 4;
  const length = ((certificate[start + 2] as number) << 8) | (certificate[start + 3] as number);
  return certificate.subarray(start, start + 4 + length);
}

function replaced(bytes: Uint8Array, from: Uint8Array, to: Uint8Array): Uint8Array {
  if (from.length !== to.length) throw new RangeError(`${from.length} bytes are replaced by ${to.length}`);
  const result = bytes.slice();
  let places = 0;
  for (let at = 0; at + from.length <= bytes.length; at++) {
    if (!from.every((byte, i) => bytes[at + i] === byte)) continue;
    result.set(to, at);
    places++;
  }
  if (places === 0) throw new RangeError('what is to be replaced is not there');
  return result;
}

function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  const { length } = content;
  if (length < 0x80) return concat(Uint8Array.of(tag, length), content);
  if (length < 0x100) return concat(Uint8Array.of(tag, 0x81, length), content);
  return concat(Uint8Array.of(tag, 0x82, length >> 8, length & 0xff), content);
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? new TextEncoder().encode(text) : text;
}
