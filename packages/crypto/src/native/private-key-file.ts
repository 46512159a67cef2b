/**
 * Private keys as files have them: PKCS#8 (RFC 5208) or SEC 1 (RFC 5915), PEM or DER, PKCS#8 with a passphrase or
 * without. OpenSSL reads them.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Secret, SelvageError } from '@selvage/core';
import type { PublicKeyKind } from '../keys/spki.js';

/** A private key out of a file, ready for `KeyHome.importKey`: a P-256 scalar or an Ed25519 seed, 32 bytes. */
export interface FileKey {
  readonly kind: PublicKeyKind;
  readonly key: Secret;
}

/**
 * Reads a private key file's contents.
 * @throws SelvageError `invalid-key` for what is no private key, is of another algorithm or curve, or is encrypted and
 *   the passphrase is missing or wrong
 */
export function readPrivateKey(contents: Uint8Array, passphrase?: Secret): FileKey {
  const { crv, d } = load(contents, passphrase).export({ format: 'jwk' });
  const kind = kinds[crv ?? ''];
  if (kind === undefined || d === undefined) {
    throw new SelvageError('invalid-key', 'the private key is neither of P-256 nor of Ed25519');
  }
  const bytes = Buffer.from(d, 'base64url');
  const key = Secret.of(bytes);
  bytes.fill(0);
  return { kind, key };
}

const kinds: Readonly<Record<string, PublicKeyKind>> = { 'P-256': 'p256', Ed25519: 'ed25519' };

/** The first byte of a DER SEQUENCE. */
const sequence = 0x30;

function load(contents: Uint8Array, passphrase: Secret | undefined): KeyObject {
  const key = Buffer.from(contents);
  const secret = passphrase && { passphrase: Buffer.from(passphrase.reveal()) };
  const forms = key[0] === sequence ? derForms : pemForms;
  let cause: unknown;
  for (const form of forms) {
    try {
      return createPrivateKey({ key, ...form, ...secret });
    } catch (error) {
      cause = error;
    }
  }
  throw new SelvageError('invalid-key', 'not a private key that can be read', { cause, remedy });
}

const pemForms = [{ format: 'pem' }] as const;
const derForms = [
  { format: 'der', type: 'pkcs8' },
  { format: 'der', type: 'sec1' },
] as const;

const remedy = 'Give a PKCS#8 or SEC 1 file in PEM or DER, and its passphrase if it has one.';
