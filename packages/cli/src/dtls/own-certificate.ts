import { systemEntropy, bytesEqual, type Secret, SelvageError } from '@selvage/core';
import { type KeyHandle, LocalKeyHome, nativeCore, signerOf } from '@selvage/crypto';
import type { SignOperation } from '@selvage/dtls';
import { readCertificate } from '@selvage/pki';
import { readCertificateFile } from './certificate-file.js';
import { readOptionFile } from './files.js';
import { privateKeyInFile } from './private-key.js';

/** Our certificate with its issuers, DER, ours first, and the use of its private key. */
export interface OwnCertificate {
  readonly chain: readonly Uint8Array[];
  readonly key: KeyHandle;
  readonly sign: (operation: SignOperation) => Promise<Uint8Array>;
}

/**
 * Loads what `--cert` and `--key` name; `undefined` where neither is given. The key goes into a key home of this process
 * and is used through its handle.
 * @param files.passphrase of an encrypted key file.
 * @throws SelvageError `invalid-argument` for one without the other and for a key of another certificate,
 *   `file-not-found`, `bad-certificate`, `invalid-key`.
 */
export async function loadCertificate(files: {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly passphrase?: Secret | undefined;
}): Promise<OwnCertificate | undefined> {
  const { cert, key, passphrase } = files;
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    const [given, missing] = cert === undefined ? ['--key', '--cert'] : ['--cert', '--key'];
    throw new SelvageError('invalid-argument', `${given} without ${missing}`, {
      remedy: 'a certificate and its private key are given together',
    });
  }
  const chain = readCertificateFile('--cert', cert);
  const home = new LocalKeyHome({ core: nativeCore, entropy: systemEntropy });
  const secret = privateKeyInFile(readOptionFile('--key', key), key, passphrase);
  const handle = await home.importKey({ algorithm: 'ecdsa-p256', usages: ['sign'] }, secret);
  secret.dispose();
  checkPair(chain[0] ?? new Uint8Array(0), handle);
  return { chain, key: handle, sign: signerOf(home) };
}

function checkPair(leaf: Uint8Array, { publicKey }: KeyHandle): void {
  const certified = readCertificate(leaf).publicKey;
  if (certified?.kind === 'p256' && publicKey !== undefined && bytesEqual(certified.publicKey, publicKey)) return;
  throw new SelvageError('invalid-argument', '--key is not the private key of --cert', {
    remedy: 'give the key that the certificate was issued for, as ours stands first in --cert',
  });
}
