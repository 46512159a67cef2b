import { createCipheriv } from 'node:crypto';
import { doubled } from '../symmetric/doubled.js';
import { blockLength, requireAesKey } from '../symmetric/parameters.js';

/** AES-CMAC (RFC 4493) as one CBC chain: it yields L for the subkeys first and then runs over the message. */
export function aesCmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  requireAesKey(key);
  const zero = new Uint8Array(blockLength);
  const chain = createCipheriv(key.length === 16 ? 'aes-128-cbc' : 'aes-256-cbc', key, zero);
  chain.setAutoPadding(false);
  const l = chain.update(zero);
  const blocks = maskedMessage(message, l);
  // The chain stands at L, a CMAC begins at zero: L goes into the first block and cancels.
  for (let i = 0; i < blockLength; i++) {
    blocks[i]! ^= l[i]!;
  }
  const states = chain.update(blocks);
  blocks.fill(0);
  return Uint8Array.from(states.subarray(states.length - blockLength));
}

/** The message with its last block masked by K1, or padded and masked by K2 (RFC 4493 §2.4). */
function maskedMessage(message: Uint8Array, l: Uint8Array): Uint8Array {
  const whole = message.length > 0 && message.length % blockLength === 0;
  const blocks = new Uint8Array(whole ? message.length : message.length - (message.length % blockLength) + blockLength);
  blocks.set(message);
  const k1 = doubled(l);
  const mask = whole ? k1 : doubled(k1);
  if (!whole) {
    blocks[message.length] = 0x80;
  }
  const last = blocks.length - blockLength;
  for (let i = 0; i < blockLength; i++) {
    blocks[last + i]! ^= mask[i]!;
  }
  return blocks;
}
