import { concat, fromHex, toHex } from '@selvage/core';
import { outcomeOf, type TestFunctions } from '@selvage/core/testing';
import type { CryptoCore } from '@selvage/crypto';

/** RFC 8032 §7.1, tests 1 to 3. */
const vectors = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b' +
      'd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c' +
      '387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659' +
      '4a7c15e9716ed28dc027beceea1ec40a',
  },
] as const;

/** What Ed25519 must do in every engine. */
export function ed25519Suite({ describe, it, expect }: TestFunctions, core: CryptoCore): void {
  const { ed25519 } = core;
  describe('Ed25519 contract', () => {
    for (const [index, { seed, publicKey, message, signature }] of vectors.entries()) {
      it(`makes the key and signature of RFC 8032 §7.1 test ${index + 1}`, () => {
        expect(toHex(ed25519.publicKey(fromHex(seed)))).toBe(publicKey);
        expect(toHex(ed25519.sign(fromHex(seed), fromHex(message)))).toBe(signature);
        expect(ed25519.verify(fromHex(publicKey), fromHex(message), fromHex(signature))).toBe(true);
      });
    }

    it('is false for a signature, key or message with any byte changed, cut off or added', () => {
      const [publicKey, signature] = [fromHex(vectors[2].publicKey), fromHex(vectors[2].signature)];
      const message = fromHex(vectors[2].message);
      const verify = (k: Uint8Array, m: Uint8Array, s: Uint8Array): boolean => ed25519.verify(k, m, s);
      expect(changed(signature).filter((s) => verify(publicKey, message, s)).length).toBe(0);
      expect(changed(publicKey).filter((k) => verify(k, message, signature)).length).toBe(0);
      expect(changed(message).filter((m) => verify(publicKey, m, signature)).length).toBe(0);
    });

    it('does not use a seed that was overwritten since', () => {
      const seed = fromHex(vectors[0].seed);
      ed25519.sign(seed, new Uint8Array(0));
      seed.set(fromHex(vectors[1].seed));
      expect(toHex(ed25519.sign(seed, fromHex(vectors[1].message)))).toBe(vectors[1].signature);
    });

    it('refuses seeds of another length', () => {
      for (const length of [0, 31, 33, 64]) {
        expect(outcomeOf(() => ed25519.publicKey(new Uint8Array(length)))).toBe('invalid-length');
        expect(outcomeOf(() => ed25519.sign(new Uint8Array(length), new Uint8Array(1)))).toBe('invalid-length');
      }
    });
  });
}

/** The bytes with each one changed, with the last cut off, with one added, and none. */
function changed(bytes: Uint8Array): Uint8Array[] {
  const flipped = [...bytes.keys()].map((i) => bytes.map((byte, j) => (i === j ? byte ^ (1 << (i % 8)) : byte)));
  return [...flipped, bytes.subarray(0, -1), concat(bytes, Uint8Array.of(0)), new Uint8Array(0)];
}
