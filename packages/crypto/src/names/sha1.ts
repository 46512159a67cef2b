import { sha1 as nobleSha1 } from '@noble/hashes/legacy.js';

/**
 * SHA-1 (FIPS 180-4), 20 bytes: only for what is named by it, such as UUIDs of version 5 (RFC 9562 §5.5). Collisions
 * can be made, so nothing is to be trusted for its SHA-1; that is why no `CryptoCore` has it.
 */
export function sha1(message: Uint8Array): Uint8Array {
  return nobleSha1(message);
}
