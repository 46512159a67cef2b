import { toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { CKK } from '../../src/pkcs11/constants.js';
import { algorithmOf, padSecret, readPoint, signatureInDer, writePoint } from '../../src/pkcs11/key-forms.js';
import { handleId, newKeyId, orderOf } from '../../src/pkcs11/key-id.js';
import { tokenPrf } from '../../src/pkcs11/token-prf.js';

const scalar = (...first: number[]): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => first[i] ?? 0x11);

describe('signatures of a token', () => {
  it('become the shortest DER of r and s (RFC 3279 §2.2.3)', () => {
    const der = (r: Uint8Array, s: Uint8Array): string => toHex(signatureInDer(Uint8Array.of(...r, ...s)));
    const rest = (bytes: number): string => '11'.repeat(bytes);
    expect(der(scalar(), scalar())).toBe(`30440220${rest(32)}0220${rest(32)}`);
    expect(der(scalar(0x80), scalar(0, 0x7f))).toBe(`304402210080${rest(31)}021f7f${rest(30)}`);
    expect(der(scalar(0, 0x80), scalar(0, 0, 0, 1))).toBe(`304102200080${rest(30)}021d01${rest(28)}`);
    expect(der(scalar(...new Array<number>(31).fill(0), 1), scalar())).toBe(`3025020101${`0220${rest(32)}`}`);
  });

  it('are refused where they have another length', () => {
    for (const length of [0, 63, 65, 72]) {
      expect(() => signatureInDer(new Uint8Array(length))).toThrow(`a signature of ${length} bytes, not 64`);
    }
  });
});

describe('keys of a token', () => {
  const curve = Uint8Array.of(0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07);
  const p384 = Uint8Array.of(0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22);

  it.each([
    [{ keyType: CKK.EC, curve, canSign: true, canDerive: false }, 'ecdsa-p256'],
    [{ keyType: CKK.EC, curve, canSign: true, canDerive: true }, 'ecdsa-p256'],
    [{ keyType: CKK.EC, curve, canSign: false, canDerive: true }, 'ecdh-p256'],
    [{ keyType: CKK.EC, curve, canSign: false, canDerive: false }, undefined],
    [{ keyType: CKK.EC, curve: p384, canSign: true, canDerive: false }, undefined],
    [{ keyType: CKK.EC, curve: undefined, canSign: true, canDerive: false }, undefined],
    [{ keyType: CKK.EC_EDWARDS, curve, canSign: true, canDerive: false }, undefined],
    [{ keyType: CKK.SHA256_HMAC, curve: undefined, canSign: true, canDerive: false }, 'hmac-sha256'],
    [{ keyType: CKK.GENERIC_SECRET, curve: undefined, canSign: true, canDerive: true }, 'derive'],
    [{ keyType: CKK.GENERIC_SECRET, curve: undefined, canSign: false, canDerive: true }, undefined],
    [{ keyType: 0x00, curve: undefined, canSign: true, canDerive: true }, undefined],
  ])('of %o are %s', (facts, algorithm) => {
    expect(algorithmOf(facts)).toBe(algorithm);
  });

  it('have their point in an OCTET STRING or bare, and nothing else', () => {
    const point = Uint8Array.from({ length: 65 }, () => 4);
    expect(readPoint('ecdsa-p256', writePoint(point))).toEqual(point);
    expect(readPoint('ecdsa-p256', point)).toEqual(point);
    for (const wrong of [writePoint(point.subarray(1)), new Uint8Array(67), new Uint8Array(0)]) {
      expect(() => readPoint('ecdsa-p256', wrong)).toThrow(`${wrong.length} bytes for a public key`);
    }
  });

  it('have ids that keep their order, and those of other programs none', () => {
    const entropy = new SeededEntropy('ids');
    const ids = [0, 1, 255, 256, 70_000].map((order) => newKeyId(order, entropy));
    expect(ids.map(orderOf)).toEqual([0, 1, 255, 256, 70_000]);
    expect([new Uint8Array(0), Uint8Array.of(1), new Uint8Array(20)].map(orderOf)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([handleId(Uint8Array.of(1, 0xab), 'a'), handleId(new Uint8Array(0), 'a')]).toEqual(['01ab', 'label:a']);
  });

  it('make the same MACs when they are filled up with zeros (RFC 2104 §2)', () => {
    for (const length of [16, 20, 32, 63, 64]) {
      const key = Uint8Array.from({ length }, (_, i) => i + 1);
      for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
        const [a, b] = [key, padSecret(key)].map((one) => toHex(nativeCore.hmac(hash, one, Uint8Array.of(7))));
        expect(a).toBe(b);
      }
    }
  });
});

describe('the PRF of TLS 1.2 out of HMACs that a token makes', () => {
  const secret = Uint8Array.from({ length: 48 }, (_, i) => i);
  const seed = Uint8Array.of(1, 2, 3);

  it('is that of the core, at every length about a block', async () => {
    for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
      for (const length of [0, 1, 31, 32, 33, 64, 65, 128, 200]) {
        const output = await tokenPrf(async (message) => nativeCore.hmac(hash, secret, message), 'label', seed, length);
        expect(toHex(output)).toBe(toHex(nativeCore.tlsPrf(hash, secret, 'label', seed, length)));
      }
    }
  });

  it('has no negative, broken or endless length', async () => {
    for (const length of [-1, 1.5, 65_536, Number.NaN]) {
      await expect(tokenPrf(async (message) => message, 'label', seed, length)).rejects.toThrow('length of PRF output');
    }
  });
});
