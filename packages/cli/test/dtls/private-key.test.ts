import { readFileSync } from 'node:fs';
import { Secret } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { readCertificate } from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import { privateKeyInFile } from '../../src/dtls/private-key.js';
import { certificateFile, certificateOf } from '../support/certificates.js';

const load = (name: string, passphrase?: Secret) =>
  privateKeyInFile(new Uint8Array(readFileSync(certificateFile(name))), name, passphrase);
const encryptedWith = 'selvage';
const refusal = (text: string): unknown => {
  try {
    return privateKeyInFile(new TextEncoder().encode(text), 'k.pem');
  } catch (error) {
    return error;
  }
};

describe('a private key in PEM', () => {
  it.each(['chain.key.pem', 'chain.sec1.key.pem'])('is read from %s, and is the certificate’s', (name) => {
    const publicKey = nativeCore.p256.publicKey(load(name).reveal());
    expect(readCertificate(certificateOf('leaf-of-middle')).publicKey).toEqual({ kind: 'p256', publicKey });
  });

  it('that is encrypted is opened by its passphrase, and refused without or with another one', () => {
    const opened = load('chain.encrypted.key.pem', Secret.text(encryptedWith)).reveal();
    expect(opened).toEqual(load('chain.key.pem').reveal());
    expect(() => load('chain.encrypted.key.pem', Secret.text('another'))).toThrow('no P-256 private key');
    expect(() => load('chain.encrypted.key.pem')).toThrow('the private key in chain.encrypted.key.pem is encrypted');
    const old = '-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END EC PRIVATE KEY-----\n';
    expect(refusal(old)).toMatchObject({ code: 'invalid-key', message: 'the private key in k.pem is encrypted' });
  });

  it('of another curve is refused', () => {
    expect(() => load('p384.key.pem')).toThrow('p384.key.pem holds no P-256 private key');
  });

  it('is not found in another file', () => {
    expect(refusal('hello')).toMatchObject({
      code: 'invalid-key',
      message: 'k.pem holds no P-256 private key that can be read',
    });
    const garbage = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
    expect(refusal(garbage)).toMatchObject({ code: 'invalid-key', fault: 'caller' });
  });
});
