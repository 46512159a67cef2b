/** The images and keys of `vectors`, whose `MANIFEST.md` has the command that made each. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Secret } from '@selvage/core';
import { type CryptoCore, decodeSpki, nativeCore, type PublicKey, readPrivateKey } from '@selvage/crypto';
import type { DecryptionKey } from '../../../src/index.js';

const folder = new URL('../vectors/', import.meta.url);

/** The contents of a vector, in an array of its own. */
export function vector(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, folder)));
}

/** The names of all images: `01-…` to `21-…`, and `w01-…` to `w26-…` that are wrong. */
export function imageNames(): string[] {
  return readdirSync(folder).filter((name) => /^w?\d\d-.*\.bin$/.test(name) && !name.startsWith('18-vector'));
}

/** The public key in a PEM of `keys`. */
export function publicKey(name: string): PublicKey {
  const pem = new TextDecoder().decode(vector(`keys/${name}.pub.pem`));
  return decodeSpki(new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')));
}

/** The private key in a PEM of `keys`: a scalar or a seed. */
export function privateKey(name: string): Secret {
  return readPrivateKey(vector(`keys/${name}.pem`)).key;
}

/** The public key of a private one. */
export function publicOf(name: string, core: CryptoCore = nativeCore): PublicKey {
  const { kind, key } = readPrivateKey(vector(`keys/${name}.pem`));
  return {
    kind,
    publicKey: kind === 'p256' ? core.p256.publicKey(key.reveal()) : core.ed25519.publicKey(key.reveal()),
  };
}

/** Whom the manifest trusts. */
export const trusted = [publicKey('sign-p256'), publicKey('sign-ed25519')];

/** What opens the images that are encrypted to P-256. */
export const decryptionKey: DecryptionKey = { privateKey: privateKey('enc-p256') };

/** The payloads as the manifest describes them. */
export const payloads = {
  1000: Uint8Array.from({ length: 1000 }, (_, at) => (7 * at + 3) & 255),
  2048: Uint8Array.from({ length: 2048 }, (_, at) => (at * at + Math.floor(at / 256)) & 255),
} as const;
