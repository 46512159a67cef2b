import { createCipheriv, randomBytes } from 'node:crypto';
import { type Aead, type CountedCcm, nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { flips, sample } from '../contract/helpers.js';

/**
 * node:crypto's AES-CCM accepts any tag for an empty ciphertext when `update()` gets a view without a backing store.
 * Such views come from Node itself; the contract, which also runs in browsers, has the other empty ones.
 */
const emptyViews: Record<string, () => Uint8Array> = {
  'randomBytes(0)': () => randomBytes(0),
  "the empty result of a cipher's update()": () =>
    createCipheriv('aes-128-ctr', sample(16), sample(16)).update(new Uint8Array(0)),
  'Buffer.alloc(0)': () => Buffer.alloc(0),
  'Buffer.from([])': () => Buffer.from([]),
  'new Uint8Array(0)': () => new Uint8Array(0),
  'a view of an empty ArrayBuffer': () => new Uint8Array(new ArrayBuffer(0)),
  'an empty end of a longer buffer': () => sample(8).subarray(8),
};

/** Sealed messages that begin with an empty ciphertext, the tag being a view of its own or not. */
const framings: Record<string, (sealed: Uint8Array) => Uint8Array> = {
  'as Uint8Array': (sealed) => sealed,
  'as Buffer': (sealed) => Buffer.from(sealed),
  'as the end of a longer buffer': (sealed) => Buffer.concat([sample(5), sealed]).subarray(5),
};

const tagLengths = [4, 8, 16] as const;

describe.each([nativeCore, portableCore])("an empty message's forged tag, $engine engine", (core) => {
  const key = sample(16);

  describe.each(Object.keys(emptyViews))('%s', (view) => {
    const empty = emptyViews[view]!;

    const refusesForgeries = (seal: () => Uint8Array, open: (sealed: Uint8Array) => Uint8Array | undefined): void => {
      const sealed = seal();
      for (const framed of Object.values(framings)) {
        expect(open(framed(sealed))?.length).toBe(0);
        for (const forged of flips(sealed)) {
          expect(open(framed(forged))).toBeUndefined();
        }
        expect(open(framed(new Uint8Array(sealed.length)))).toBeUndefined();
      }
    };

    const aeads: Record<string, Aead> = { 'AES-GCM': core.aesGcm(key) };
    for (const tagLength of tagLengths) {
      aeads[`AES-CCM, tag ${tagLength}`] = core.aesCcm(key, { nonceLength: 13, tagLength });
    }
    for (const [name, aead] of Object.entries(aeads)) {
      const nonce = sample(aead.nonceLength);
      it(`${name}: as plaintext and as associated data`, () => {
        for (const associatedData of [empty, () => sample(13)]) {
          refusesForgeries(
            () => aead.seal(nonce, associatedData(), empty()),
            (sealed) => aead.open(nonce, associatedData(), sealed),
          );
        }
      });

      it(`${name}: has the tag that any empty view has`, () => {
        const usual = aead.seal(nonce, new Uint8Array(0), new Uint8Array(0));
        expect(aead.seal(nonce, empty(), empty())).toEqual(usual);
      });
    }

    it.each(tagLengths)('counted AES-CCM, tag %i: before and after the first look-ahead', (tagLength) => {
      const nonce = { template: sample(13).fill(0, 8, 12), offset: 8, length: 4 } as const;
      const sealer = core.aesCcmCounted(key, { nonce, tagLength });
      const opener = core.aesCcmCounted(key, { nonce, tagLength });
      for (let counter = 0; counter < 5; counter++) {
        const associatedData = counter % 2 === 0 ? empty : () => sample(13);
        refusesForgeries(
          () => sealEmpty(sealer, counter, associatedData(), empty()),
          (sealed) => opener.open(counter, associatedData(), sealed),
        );
      }
    });
  });
});

function sealEmpty(stream: CountedCcm, counter: number, associatedData: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const target = new Uint8Array(stream.tagLength);
  stream.sealInto(counter, associatedData, plaintext, target, 0);
  return target;
}
