import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Secret, toHex } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';
import { decodeSpki, nativeCore, readPrivateKey } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed25519 = generateKeyPairSync('ed25519');

/** The public key of what was read. */
function publicKeyOf(contents: Uint8Array, passphrase?: Secret): string {
  const { kind, key } = readPrivateKey(contents, passphrase);
  return toHex(nativeCore[kind].publicKey(key.reveal()));
}

const wanted = (key: KeyObject): string => toHex(decodeSpki(key.export({ type: 'spki', format: 'der' })).publicKey);

describe('a private key file', () => {
  it('is read as PKCS#8 and SEC 1, in PEM and DER', () => {
    const { privateKey, publicKey } = p256;
    for (const type of ['pkcs8', 'sec1'] as const) {
      expect(publicKeyOf(utf8(privateKey.export({ type, format: 'pem' }) as string))).toBe(wanted(publicKey));
      expect(publicKeyOf(privateKey.export({ type, format: 'der' }))).toBe(wanted(publicKey));
    }
    const seed = ed25519.privateKey.export({ type: 'pkcs8', format: 'der' });
    expect(publicKeyOf(seed)).toBe(wanted(ed25519.publicKey));
    expect(publicKeyOf(utf8(ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string))).toBe(
      wanted(ed25519.publicKey),
    );
  });

  it('is read with its passphrase, and refused without it or with another', () => {
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'open sesame' };
    const files = [
      utf8(p256.privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }) as string),
      p256.privateKey.export({ type: 'pkcs8', format: 'der', ...cipher }),
      utf8(p256.privateKey.export({ type: 'sec1', format: 'pem', ...cipher }) as string),
    ];
    for (const file of files) {
      expect(publicKeyOf(file, Secret.text('open sesame'))).toBe(wanted(p256.publicKey));
      expect(outcomeOf(() => readPrivateKey(file))).toBe('invalid-key');
      expect(outcomeOf(() => readPrivateKey(file, Secret.text('wrong')))).toBe('invalid-key');
    }
  });

  it('is refused for other algorithms and curves, for public keys and for anything else', () => {
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    const x25519 = generateKeyPairSync('x25519').privateKey;
    const refused = [
      p384.export({ type: 'pkcs8', format: 'der' }),
      x25519.export({ type: 'pkcs8', format: 'der' }),
      p256.publicKey.export({ type: 'spki', format: 'der' }),
      utf8(p256.publicKey.export({ type: 'spki', format: 'pem' }) as string),
      utf8('no key at all'),
      new Uint8Array(0),
      Uint8Array.of(0x30),
    ];
    expect(refused.map((contents) => outcomeOf(() => readPrivateKey(contents)))).toEqual(
      refused.map(() => 'invalid-key'),
    );
  });

  it('keeps leading zeros of the scalar', () => {
    const scalar = Uint8Array.from({ length: 32 }, (_, i) => (i < 2 ? 0 : i));
    const point = nativeCore.p256.publicKey(scalar);
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      d: base64(scalar),
      x: base64(point.subarray(1, 33)),
      y: base64(point.subarray(33)),
    };
    const file = createPrivateKey({ key: jwk, format: 'jwk' }).export({ type: 'sec1', format: 'der' });
    expect(toHex(readPrivateKey(file).key.reveal())).toBe(toHex(scalar));
  });
});
