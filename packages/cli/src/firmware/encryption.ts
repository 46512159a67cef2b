import { SelvageError } from '@selvage/core';
import type { ImageEncryption } from '@selvage/hardware';
import type { KeyOpening } from '../keys/open-key.js';
import { publicKeyOf } from '../keys/public-key.js';
import type { SealOptions } from './sign-options.js';

/** How the image is to be encrypted, where it is. @throws SelvageError `invalid-argument`, `invalid-key` */
export async function encryptionOf(
  { encrypt, encryptKeylen = '128', clear = false }: SealOptions,
  opening: KeyOpening,
): Promise<ImageEncryption | undefined> {
  if (encrypt === undefined) {
    if (!clear) return undefined;
    throw new SelvageError('invalid-argument', '--clear marks an image as encrypted, and nobody is named to read it', {
      remedy: 'give --encrypt too, or leave --clear out',
    });
  }
  const { kind, publicKey } = await publicKeyOf(encrypt, opening);
  if (kind === 'p256') {
    const keyLength = encryptKeylen === '256' ? 32 : 16;
    return { recipient: publicKey, keyLength, clear, entropy: opening.surface.entropy };
  }
  throw new SelvageError('invalid-key', `${encrypt} holds a key of ${kind}, and images are encrypted to P-256`);
}
