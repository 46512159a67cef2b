import { type Secret, SelvageError } from '@selvage/core';

/** A public key is asked for: nobody has to open a private one for that. */
export function noPassphrase(): Secret {
  throw new SelvageError('invalid-key', 'that file has an encrypted private key', {
    remedy: 'give the file with its public key: selvage firmware keygen --pub writes one',
  });
}
