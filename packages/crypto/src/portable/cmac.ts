import { cmac } from '@noble/ciphers/aes.js';
import { requireAesKey } from '../symmetric/parameters.js';

export function aesCmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  requireAesKey(key);
  return cmac(message, key);
}
