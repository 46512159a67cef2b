import { concat, fromHex, toHex } from '@selvage/core';
import { outcomeOf, type TestFunctions } from '@selvage/core/testing';
import type { Aead, CryptoCore } from '@selvage/crypto';
import frameVectors from '../vectors/ccm-802154.json' with { type: 'json' };
import ccmVectors from '../vectors/ccm.json' with { type: 'json' };
import gcmVectors from '../vectors/gcm.json' with { type: 'json' };
import { empty, flips, sample } from './helpers.js';

type TagLength = 4 | 8 | 16;

interface Vector {
  readonly name: string;
  readonly key: string;
  readonly nonce: string;
  readonly associatedData: string;
  readonly plaintext: string;
  readonly sealed: string;
}

export function aeadSuite(functions: TestFunctions, core: CryptoCore): void {
  const { describe, it, expect } = functions;

  function vectorTest(vector: Vector, aead: Aead): void {
    const [nonce, associatedData] = [fromHex(vector.nonce), fromHex(vector.associatedData)];
    expect(toHex(aead.seal(nonce, associatedData, fromHex(vector.plaintext)))).toBe(vector.sealed);
    expect(toHex(aead.open(nonce, associatedData, fromHex(vector.sealed))!)).toBe(vector.plaintext);
  }

  describe('AES-CCM (RFC 3610)', () => {
    for (const vector of [...ccmVectors.cases, ...frameVectors.cases]) {
      it(vector.name, () => {
        const tagLength = vector.tagLength as TagLength;
        vectorTest(vector, core.aesCcm(fromHex(vector.key), { nonceLength: vector.nonce.length / 2, tagLength }));
      });
    }

    it('refuses tags and nonces of other lengths as invalid-length', () => {
      const make = (nonceLength: number, tagLength: number) => () =>
        core.aesCcm(sample(16), { nonceLength, tagLength: tagLength as TagLength });
      for (const tagLength of [0, 1, 6, 10, 12, 14, 15, 17, Number.NaN]) {
        expect(outcomeOf(make(13, tagLength))).toBe('invalid-length');
      }
      for (const nonceLength of [0, 6, 14, 16, 7.5, Number.NaN]) {
        expect(outcomeOf(make(nonceLength, 8))).toBe('invalid-length');
      }
    });

    it('seals what the length field can say, and nothing longer (§2.1)', () => {
      const ccm = core.aesCcm(sample(16), { nonceLength: 13, tagLength: 4 });
      const message = new Uint8Array(0xffff);
      const sealed = ccm.seal(sample(13), empty, message);
      expect(toHex(ccm.open(sample(13), empty, sealed)!)).toBe(toHex(message));
      expect(outcomeOf(() => ccm.seal(sample(13), empty, new Uint8Array(0x1_0000)))).toBe('invalid-length');
      expect(outcomeOf(() => ccm.open(sample(13), empty, new Uint8Array(0x1_0004)))).toBe('invalid-length');
    });

    it('announces long associated data in six bytes (§2.2)', () => {
      // SP 800-38C example 4 has 65536 bytes of it, but a tag of 14: the boundary is seen by telling lengths apart.
      const ccm = core.aesCcm(sample(16), { nonceLength: 12, tagLength: 16 });
      for (const length of [0xfeff, 0xff00, 0x1_0000]) {
        const sealed = ccm.seal(sample(12), sample(length), sample(5));
        expect(toHex(ccm.open(sample(12), sample(length), sealed)!)).toBe(toHex(sample(5)));
        expect(ccm.open(sample(12), concat(sample(length), Uint8Array.of(0)), sealed)).toBe(undefined);
      }
    });
  });

  describe('AES-GCM (SP 800-38D)', () => {
    for (const vector of gcmVectors.cases) {
      it(vector.name, () => {
        vectorTest(vector, core.aesGcm(fromHex(vector.key)));
      });
    }

    it('states its nonce of 12 bytes and its tag of 16', () => {
      const { nonceLength, tagLength } = core.aesGcm(sample(16));
      expect(`${nonceLength} ${tagLength}`).toBe('12 16');
    });
  });

  for (const keyLength of [16, 32]) {
    authenticityTests(`AES-${8 * keyLength}-GCM`, () => core.aesGcm(sample(keyLength)), functions);
    for (const [nonceLength, tagLength] of [
      [13, 4],
      [13, 8],
      [12, 8],
      [12, 16],
      [7, 16],
    ] as const) {
      const make = () => core.aesCcm(sample(keyLength), { nonceLength, tagLength });
      authenticityTests(`AES-${8 * keyLength}-CCM, nonce ${nonceLength}, tag ${tagLength}`, make, functions);
    }
  }
}

/** What every AEAD owes, whatever its mode. */
function authenticityTests(name: string, make: () => Aead, { describe, it, expect }: TestFunctions): void {
  describe(name, () => {
    const aead = make();
    const nonce = sample(aead.nonceLength);

    it('opens what it sealed, of every length around the block boundaries', () => {
      for (const length of [0, 1, 15, 16, 17, 31, 32, 33, 100, 1024]) {
        for (const associated of [0, 1, 13, 14, 15, 30, 64]) {
          const sealed = aead.seal(nonce, sample(associated), sample(length));
          expect(sealed.length).toBe(length + aead.tagLength);
          const opened = aead.open(nonce, sample(associated), sealed)!;
          expect(toHex(opened)).toBe(toHex(sample(length)));
          expect(opened.constructor).toBe(Uint8Array);
        }
      }
    });

    it('refuses an empty message with any bit of its tag flipped, with associated data and without', () => {
      for (const associatedData of [empty, new Uint8Array(0), sample(9).subarray(3, 3), sample(13), sample(40)]) {
        const sealed = aead.seal(nonce, associatedData, empty);
        expect(sealed.length).toBe(aead.tagLength);
        expect(aead.open(nonce, associatedData, sealed)?.length).toBe(0);
        for (const forged of flips(sealed)) {
          expect(aead.open(nonce, associatedData, forged)).toBe(undefined);
          expect(aead.open(nonce, associatedData, concat(sample(7), forged).subarray(7))).toBe(undefined);
        }
        expect(aead.open(nonce, associatedData, new Uint8Array(aead.tagLength))).toBe(undefined);
      }
    });

    it('refuses a message with any bit flipped, of it, its tag, its nonce or its associated data', () => {
      const associatedData = sample(5);
      const sealed = aead.seal(nonce, associatedData, sample(20));
      for (const forged of flips(sealed)) {
        expect(aead.open(nonce, associatedData, forged)).toBe(undefined);
      }
      for (const other of flips(nonce)) {
        expect(aead.open(other, associatedData, sealed)).toBe(undefined);
      }
      for (const other of flips(associatedData)) {
        expect(aead.open(nonce, other, sealed)).toBe(undefined);
      }
    });

    it('refuses a message cut short or grown', () => {
      const sealed = aead.seal(nonce, sample(5), sample(20));
      for (let length = 0; length < sealed.length; length++) {
        expect(aead.open(nonce, sample(5), sealed.subarray(0, length))).toBe(undefined);
      }
      expect(aead.open(nonce, sample(5), concat(sealed, Uint8Array.of(0)))).toBe(undefined);
      expect(aead.open(nonce, empty, sealed)).toBe(undefined);
      expect(aead.open(nonce, concat(sample(5), Uint8Array.of(0)), sealed)).toBe(undefined);
    });

    it('leaves what it was given as it was', () => {
      const [associatedData, plaintext] = [sample(5), sample(20)];
      const sealed = aead.seal(nonce, associatedData, plaintext);
      const copy = toHex(sealed);
      aead.open(nonce, associatedData, sealed);
      const left = concat(nonce, associatedData, plaintext, sealed);
      expect(toHex(left)).toBe(toHex(concat(sample(aead.nonceLength), sample(5), sample(20))) + copy);
    });

    it('throws invalid-length for a nonce of another length', () => {
      for (const length of [0, aead.nonceLength - 1, aead.nonceLength + 1]) {
        expect(outcomeOf(() => aead.seal(sample(length), empty, sample(3)))).toBe('invalid-length');
        expect(outcomeOf(() => aead.open(sample(length), empty, sample(30)))).toBe('invalid-length');
        expect(outcomeOf(() => aead.open(sample(length), empty, empty))).toBe('invalid-length');
      }
    });

    it('throws wrong-state after destroy', () => {
      const spent = make();
      spent.destroy();
      spent.destroy();
      expect(outcomeOf(() => spent.seal(nonce, empty, empty))).toBe('wrong-state');
      expect(outcomeOf(() => spent.open(nonce, empty, sample(40)))).toBe('wrong-state');
      expect(outcomeOf(() => spent.open(nonce, empty, sample(aead.tagLength)))).toBe('wrong-state');
    });
  });
}
