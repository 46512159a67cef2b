import { createCipheriv } from 'node:crypto';
import { blockLength, requireAesKey, requireLength } from '../symmetric/parameters.js';
import { plainBytes } from './bytes.js';

export function aesCtr(key: Uint8Array, counterBlock: Uint8Array, data: Uint8Array): Uint8Array {
  requireAesKey(key);
  requireLength('an AES-CTR counter block', counterBlock, blockLength);
  return plainBytes(createCipheriv(key.length === 16 ? 'aes-128-ctr' : 'aes-256-ctr', key, counterBlock).update(data));
}
