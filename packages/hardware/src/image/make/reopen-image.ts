import { concat, decode, FormatError, SelvageError } from '@selvage/core';
import { hasEncryptedForm, securityCounterOf } from '../format/image.js';
import { encryptionKeyLength } from '../format/header.js';
import { imageFile } from '../format/image-file.js';
import type { ImageOptions } from './image-options.js';
import type { PreparedImage } from './prepare-image.js';

/** What the bytes to be signed do not say. */
export type ReopenOptions = Pick<
  ImageOptions,
  'core' | 'hash' | 'pure' | 'publicKeyFormat' | 'padSignature' | 'encryption'
>;

const emptyArea = Uint8Array.of(0x07, 0x69, 0x04, 0x00);

/**
 * The prepared image of bytes that were given out to be signed (`PreparedImage.region`): header, payload and protected
 * TLVs are all in them, so nobody has to say them again.
 * @throws SelvageError `image-malformed` for other bytes; `invalid-argument` where the header speaks of an encryption
 *   that the options do not have, or the reverse
 */
export function reopenImage(region: Uint8Array, options: ReopenOptions): PreparedImage {
  const { core, hash, pure = false, encryption } = options;
  const file = read(region);
  const version = file.header.version;
  if (hasEncryptedForm(file) !== (encryption !== undefined)) {
    const isMarked = hasEncryptedForm(file);
    throw new SelvageError(
      'invalid-argument',
      isMarked ? 'the image is to be encrypted, and not said to whom' : 'the image was not prepared to be encrypted',
      {
        remedy: isMarked
          ? 'give the public key that it is encrypted to'
          : 'leave the encryption out, or prepare it anew',
      },
    );
  }
  const keyLength = encryptionKeyLength(file.header.flags);
  const algorithm = pure ? 'sha512' : (hash ?? 'sha256');
  return {
    options: {
      ...options,
      version,
      securityCounter: securityCounterOf(file),
      encryption: encryption && { ...encryption, keyLength },
    },
    file,
    region,
    algorithm,
    digest: core.hash(algorithm, region),
  };
}

function read(region: Uint8Array): PreparedImage['file'] {
  try {
    const file = decode(imageFile, concat(region, emptyArea));
    if (file.rest.length === 0 && file.tlvs.length === 0) return file;
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new SelvageError('image-malformed', `not the bytes of an image that are signed: ${cause.message}`, { cause });
  }
  throw new SelvageError('image-malformed', 'more than the bytes of an image that are signed: it ends before they do');
}
