import { statSync } from 'node:fs';
import { type Entropy, Secret, SelvageError } from '@selvage/core';
import { nativeCore, readPrivateKey } from '@selvage/crypto';

/** A new private key of P-256. @throws SelvageError `entropy-failed`. */
export function drawKey(entropy: Entropy): Secret {
  const { privateKey } = nativeCore.p256.generateKeyPair(entropy);
  const secret = Secret.of(privateKey);
  privateKey.fill(0);
  return secret;
}

/** Bits of the mode that let the group and everybody else in. */
const others = 0o077;

/**
 * Checks that a key file is its owner's alone. Windows has no such bits; there the folder's access list decides.
 * @throws SelvageError `key-usage-refused` for one that others can read, `file-not-found`.
 */
export function requirePrivateFile(path: string): void {
  const mode = modeOf(path);
  if (process.platform === 'win32' || (mode & others) === 0) return;
  throw new SelvageError('key-usage-refused', `others can read the key file ${path}`, {
    details: { mode: `0${(mode & 0o777).toString(8)}` },
    remedy: `chmod 600 ${path}; if it lay open for long, take it for stolen and make a new authority`,
  });
}

/**
 * The private key of P-256 in the contents of a file.
 * @throws SelvageError `invalid-key` for a wrong passphrase and for anything else.
 */
export function p256KeyIn(contents: Uint8Array, path: string, passphrase: Secret): Secret {
  const { kind, key } = readKey(contents, path, passphrase);
  if (kind === 'p256') return key;
  key.dispose();
  throw new SelvageError('invalid-key', `the private key in ${path} is not of P-256`);
}

function readKey(contents: Uint8Array, path: string, passphrase: Secret): ReturnType<typeof readPrivateKey> {
  try {
    return readPrivateKey(contents, passphrase);
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
    throw new SelvageError('invalid-key', `the key in ${path} does not open`, {
      remedy: 'compare the passphrase, character by character',
      cause: error,
    });
  }
}

function modeOf(path: string): number {
  try {
    return statSync(path).mode;
  } catch (cause) {
    throw new SelvageError('file-not-found', `there is no key file ${path}`, { cause });
  }
}
