import { concat, fromHex, toHex } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';
import { type CryptoCore, decodeSpki } from '@selvage/crypto';
import { expect } from 'vitest';
import { describeWycheproof, type WycheproofCase, type WycheproofGroup } from '../wycheproof.js';

const scalarLength = 32;

/** A private key as Wycheproof writes it: a DER integer without its header, so with a zero before a high bit. */
function scalarOf(hex: string): Uint8Array {
  const digits = fromHex(hex.replace(/^(00)+/, ''));
  return concat(new Uint8Array(scalarLength - digits.length), digits);
}

interface EcdhCase extends WycheproofCase {
  readonly public: string;
  readonly private: string;
  readonly shared: string;
}

/** Valid ones must agree; acceptable ones may be refused, as what is not the usual encoding is here; the rest must be. */
function checkEcdh(core: CryptoCore, test: EcdhCase, publicKey: () => Uint8Array): void {
  const agree = (): Uint8Array => core.p256.sharedSecret(scalarOf(test.private), publicKey());
  if (test.result === 'valid') {
    expect(toHex(agree())).toBe(test.shared);
  } else {
    expect(outcomeOf(agree)).toMatch(/^invalid-(point|key)$/);
  }
}

describeWycheproof<WycheproofGroup<EcdhCase>, EcdhCase>({
  file: 'ecdh_secp256r1_ecpoint',
  cases: 355,
  excluded: 0,
  supports: () => true,
  check: (core, _group, test) => {
    checkEcdh(core, test, () => fromHex(test.public));
  },
});

describeWycheproof<WycheproofGroup<EcdhCase>, EcdhCase>({
  file: 'ecdh_secp256r1',
  cases: 612,
  excluded: 0,
  supports: () => true,
  check: (core, _group, test) => {
    checkEcdh(core, test, () => {
      const { kind, publicKey } = decodeSpki(fromHex(test.public));
      expect(kind).toBe('p256');
      return publicKey;
    });
  },
});

interface WebCryptoEcdhCase extends WycheproofCase {
  readonly public: JsonKey;
  readonly private: JsonKey & { readonly d: string };
  readonly shared: string;
}

interface JsonKey {
  readonly crv?: string;
  readonly x: string;
  readonly y: string;
}

const base64 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64url'));

describeWycheproof<WycheproofGroup<WebCryptoEcdhCase>, WebCryptoEcdhCase>({
  file: 'ecdh_secp256r1_webcrypto',
  cases: 353,
  // Keys that say they are of another curve, all invalid: this package reads no JSON Web Keys.
  excluded: 5,
  supports: (_group, test) => test.public.crv === 'P-256' && test.private.crv === 'P-256',
  check: (core, _group, test) => {
    const { x, y } = test.public;
    const hexed = { ...test, public: '', private: toHex(base64(test.private.d)) };
    checkEcdh(core, hexed, () => concat(Uint8Array.of(4), base64(x), base64(y)));
  },
});

interface SignatureCase extends WycheproofCase {
  readonly msg: string;
  readonly sig: string;
}

interface EcdsaGroup extends WycheproofGroup<SignatureCase> {
  readonly publicKey: { readonly uncompressed: string };
}

describeWycheproof<EcdsaGroup, SignatureCase>({
  file: 'ecdsa_secp256r1_sha256',
  cases: 484,
  excluded: 0,
  supports: () => true,
  check: ({ p256 }, { publicKey }, test) => {
    const good = p256.verify(fromHex(publicKey.uncompressed), 'sha256', fromHex(test.msg), fromHex(test.sig));
    expect(good).toBe(test.result === 'valid');
  },
});

describeWycheproof<EcdsaGroup, SignatureCase>({
  file: 'ecdsa_secp256r1_sha256_p1363',
  cases: 262,
  // Signatures that are not r ‖ s of 64 bytes, all invalid: what is checked here is the DER form of these values.
  excluded: 21,
  supports: (_group, test) => test.sig.length === 128,
  check: ({ p256 }, { publicKey }, test) => {
    const der = derOf(fromHex(test.sig));
    const good = p256.verify(fromHex(publicKey.uncompressed), 'sha256', fromHex(test.msg), der);
    expect(good).toBe(test.result === 'valid');
  },
});

/** `SEQUENCE { INTEGER r, INTEGER s }` of two numbers of 32 bytes. */
function derOf(signature: Uint8Array): Uint8Array {
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)].map(derInteger) as [Uint8Array, Uint8Array];
  return concat(Uint8Array.of(0x30, r.length + s.length), r, s);
}

function derInteger(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  const content = digits[0]! >= 0x80 ? concat(Uint8Array.of(0), digits) : digits;
  return concat(Uint8Array.of(2, content.length), content);
}

interface EddsaGroup extends WycheproofGroup<SignatureCase> {
  readonly publicKey: { readonly pk: string };
}

describeWycheproof<EddsaGroup, SignatureCase>({
  file: 'ed25519',
  cases: 151,
  excluded: 0,
  supports: () => true,
  check: ({ ed25519 }, { publicKey }, test) => {
    const good = ed25519.verify(fromHex(publicKey.pk), fromHex(test.msg), fromHex(test.sig));
    expect(good).toBe(test.result === 'valid');
  },
});
