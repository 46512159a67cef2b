import { readFileSync } from 'node:fs';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { readCertificate } from '../../../src/dtls/x509/certificate.js';
import { privateKeyInPem } from '../../../src/dtls/x509/private-key.js';
import { certificateFile, certificateOf } from '../../support/certificates.js';

const load = (name: string) => privateKeyInPem(readFileSync(certificateFile(name), 'utf8'), name);
const refusal = (text: string): unknown => {
  try {
    return privateKeyInPem(text, 'k.pem');
  } catch (error) {
    return error;
  }
};

describe('a private key in PEM', () => {
  it.each(['chain.key.pem', 'chain.sec1.key.pem'])('is read from %s, and is the certificate’s', (name) => {
    const publicKey = nativeCore.p256.publicKey(load(name).reveal());
    expect(publicKey).toEqual(readCertificate(certificateOf('leaf-of-middle')).publicKey);
  });

  it('that is encrypted is refused with the way to decrypt it', () => {
    expect(() => load('chain.encrypted.key.pem')).toThrow('the private key in chain.encrypted.key.pem is encrypted');
    const old = '-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END EC PRIVATE KEY-----\n';
    expect(refusal(old)).toMatchObject({ code: 'invalid-key', message: 'the private key in k.pem is encrypted' });
  });

  it('of another curve is refused', () => {
    expect(() => load('p384.key.pem')).toThrow('p384.key.pem holds no P-256 private key');
  });

  it('is not found in another file', () => {
    expect(refusal('hello')).toMatchObject({ code: 'invalid-key', message: 'k.pem has no private key in PEM' });
    const garbage = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
    expect(refusal(garbage)).toMatchObject({ code: 'invalid-key', fault: 'caller' });
  });
});
