import type { Entropy } from '@selvage/core';

/** 126 random bits: nobody guesses one, and no two are the same (RFC 5280 §4.1.2.2 wants at most 20 bytes). */
const serialLength = 16;

/** Draws a serial number: the content of a positive INTEGER in its shortest form. @throws SelvageError `entropy-failed` */
export function drawSerialNumber(entropy: Entropy): Uint8Array {
  const bytes = new Uint8Array(serialLength);
  entropy.fill(bytes);
  // The sign bit clear, and the next one set so that the first byte is never zero.
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return bytes;
}
