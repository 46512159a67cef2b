import { concat } from '@selvage/core';
import type { Image } from './image.js';

/**
 * What hash and signature cover: header, fill, plain payload, protected TLVs. For a payload that is plain already it is
 * a view on the image; for another one, a copy with the plain payload in it.
 */
export function signedRegion({ bytes, headerSize, payload, signedLength }: Image, plain: Uint8Array): Uint8Array {
  if (plain === payload) return bytes.subarray(0, signedLength);
  return concat(bytes.subarray(0, headerSize), plain, bytes.subarray(headerSize + payload.length, signedLength));
}
