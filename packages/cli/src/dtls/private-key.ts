import { type Secret, SelvageError } from '@selvage/core';
import { readPrivateKey } from '@selvage/crypto';

/** The environment variable that holds the passphrase of an encrypted key file. */
export const keyPassphraseVariable = 'SELVAGE_KEY_PASSPHRASE';

/**
 * The P-256 private key in a file: PKCS #8 or SEC 1, PEM or DER.
 * @param passphrase opens an encrypted one.
 * @throws SelvageError `invalid-key` that says what the file holds instead.
 */
export function privateKeyInFile(contents: Uint8Array, file: string, passphrase?: Secret): Secret {
  if (passphrase === undefined && new TextDecoder().decode(contents).includes('ENCRYPTED')) {
    throw new SelvageError('invalid-key', `the private key in ${file} is encrypted`, {
      remedy: `give its passphrase in ${keyPassphraseVariable}`,
    });
  }
  const { kind, key } = read(contents, file, passphrase);
  if (kind === 'p256') return key;
  key.dispose();
  throw noKey(file);
}

function read(contents: Uint8Array, file: string, passphrase: Secret | undefined) {
  try {
    return readPrivateKey(contents, passphrase);
  } catch (cause) {
    throw noKey(file, cause);
  }
}

function noKey(file: string, cause?: unknown): SelvageError {
  return new SelvageError('invalid-key', `${file} holds no P-256 private key that can be read`, {
    cause,
    remedy: `make one with openssl ecparam -name prime256v1 -genkey -noout; where it is encrypted, check ${keyPassphraseVariable}`,
  });
}
