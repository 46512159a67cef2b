import { ctr } from '@noble/ciphers/aes.js';
import { blockLength, requireAesKey, requireLength } from '../symmetric/parameters.js';

export function aesCtr(key: Uint8Array, counterBlock: Uint8Array, data: Uint8Array): Uint8Array {
  requireAesKey(key);
  requireLength('an AES-CTR counter block', counterBlock, blockLength);
  return ctr(key, counterBlock).encrypt(data);
}
