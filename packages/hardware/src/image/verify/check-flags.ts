import { encryptionKeyLength, imageFlags, readFlags } from '../format/header.js';
import type { Image } from '../format/image.js';
import { refusal } from './refusal.js';

/** What a verifier that starts nothing may take as well. */
export type Tolerance = 'compressed' | 'non-bootable';

const { encryptedAes128, encryptedAes256, compressedLzma1, compressedLzma2, armThumbFilter, nonBootable } = imageFlags;
const compressed = compressedLzma1 | compressedLzma2 | armThumbFilter;

/** Refuses flags that nobody here knows, that contradict each other, or that this loader cannot follow. */
export function checkFlags({ header: { flags } }: Image, tolerated: readonly Tolerance[]): void {
  const { names, unknown } = readFlags(flags);
  if (unknown !== 0) {
    throw refusal('flags', `the header has unknown flags 0x${unknown.toString(16)}`, {
      expected: 'flags that are known',
      found: hex(flags),
    });
  }
  if ((flags & encryptedAes128) !== 0 && encryptionKeyLength(flags & ~encryptedAes128) !== undefined) {
    const both = hex(encryptedAes128 | encryptedAes256);
    throw refusal('flags', `the header has both encryption flags (${both}), AES-128 and AES-256`, {
      expected: 'one of them',
      found: hex(flags),
    });
  }
  if ((flags & compressed) !== 0 && !tolerated.includes('compressed')) {
    throw refusal('flags', `the payload is compressed (${names.join(', ')}), which this loader does not undo`, {
      expected: 'no compression',
      found: hex(flags),
    });
  }
  if ((flags & nonBootable) !== 0 && !tolerated.includes('non-bootable')) {
    throw refusal('flags', 'the image is marked as one that is not to be started', {
      expected: 'a bootable image',
      found: hex(flags),
    });
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
