import { type Secret, SelvageError } from '@selvage/core';
import { decodeSpki, nativeCore, type PublicKey } from '@selvage/crypto';
import { decodePem, readCertificate } from '@selvage/pki';
import { readOptionFile } from '../dtls/files.js';
import { readFileKey } from './file-key.js';
import { openKey, parseKeyReference } from './key-reference.js';
import type { KeyOpening } from './open-key.js';

/**
 * The public key of a reference: out of a file with a public key, a certificate or a private key, or of a key that
 * lives elsewhere.
 * @throws SelvageError `invalid-key` for another algorithm, and as {@link openKey}
 */
export async function publicKeyOf(text: string, opening: KeyOpening): Promise<PublicKey> {
  const { home, name } = parseKeyReference(text);
  if (home === 'file') return publicKeyInFile(name, opening.passphrase);
  const opened = await openKey(text, opening);
  await opened.close();
  const { handle } = opened;
  if (handle.publicKey === undefined) throw new SelvageError('invalid-key', `${text} has no public key`);
  return { kind: handle.algorithm === 'ed25519' ? 'ed25519' : 'p256', publicKey: handle.publicKey };
}

function publicKeyInFile(path: string, passphrase: () => Secret): PublicKey {
  const text = new TextDecoder().decode(readOptionFile('--key', path));
  if (text.includes('-----BEGIN PUBLIC KEY-----')) {
    return readable(path, () => decodeSpki(decodePem('PUBLIC KEY', text)[0] ?? new Uint8Array(0)));
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) {
    const { publicKey } = readCertificate(decodePem('CERTIFICATE', text)[0] ?? new Uint8Array(0));
    if (publicKey !== undefined) return publicKey;
    throw new SelvageError('invalid-key', `the key in ${path} is neither of P-256 nor of Ed25519`);
  }
  const { kind, key } = readFileKey(path, passphrase);
  const curve = kind === 'p256' ? nativeCore.p256 : nativeCore.ed25519;
  const publicKey = curve.publicKey(key.reveal());
  key.dispose();
  return { kind, publicKey };
}

function readable(path: string, read: () => PublicKey): PublicKey {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
    throw new SelvageError('invalid-key', `the public key in ${path} is of another kind: ${error.message}`, {
      cause: error,
    });
  }
}
