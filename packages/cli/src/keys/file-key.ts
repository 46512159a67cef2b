import { type Secret, SelvageError } from '@selvage/core';
import { type FileKey, LocalKeyHome, nativeCore, readPrivateKey } from '@selvage/crypto';
import { requirePrivateFile } from '../ca/key-file.js';
import { readOptionFile } from '../dtls/files.js';
import type { KeyOpening, OpenKey } from './open-key.js';

/**
 * A private key in a file: PKCS#8 or SEC 1, encrypted or not. It lives in this process while it is open.
 * @throws SelvageError `file-not-found`, `key-usage-refused` for a file that others can read, `invalid-key`
 */
export async function openFileKey(path: string, { surface, passphrase }: KeyOpening): Promise<OpenKey> {
  const { kind, key } = readFileKey(path, passphrase);
  const keys = new LocalKeyHome({ core: nativeCore, entropy: surface.entropy });
  const algorithm = kind === 'p256' ? 'ecdsa-p256' : 'ed25519';
  const handle = await keys.importKey({ algorithm, usages: ['sign'] }, key);
  key.dispose();
  return { keys, handle, close: () => keys.destroy(handle) };
}

/** The key itself. @throws SelvageError as {@link openFileKey} */
export function readFileKey(path: string, passphrase: () => Secret): FileKey {
  const contents = readOptionFile('--key', path);
  const text = new TextDecoder().decode(contents);
  if (/-----BEGIN (PUBLIC KEY|CERTIFICATE)-----/.test(text)) {
    throw new SelvageError('invalid-key', `${path} holds a public key, and a private one is needed`, {
      remedy: 'name the file of the private key, vault:label, or pkcs11:…',
    });
  }
  requirePrivateFile(path);
  // Both ways in which a PEM says so: PKCS#8, and the older header of OpenSSL.
  const isEncrypted = /ENCRYPTED/.test(text);
  const secret = isEncrypted ? passphrase() : undefined;
  try {
    return readPrivateKey(contents, secret);
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
    throw new SelvageError('invalid-key', `the key in ${path} does not open: ${error.message}`, {
      remedy: isEncrypted ? 'compare the passphrase, character by character' : 'keys of P-256 and Ed25519 are taken',
      cause: error,
    });
  } finally {
    secret?.dispose();
  }
}
