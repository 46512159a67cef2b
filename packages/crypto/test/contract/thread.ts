import { concat, fromHex, toHex } from '@selvage/core';
import type { TestFunctions } from '@selvage/core/testing';
import type { CryptoCore } from '@selvage/crypto';
import vectors from '../vectors/thread.json' with { type: 'json' };
import { text } from './helpers.js';

/** What Thread derives with these primitives, held against OpenThread's own results. */
export function threadSuite({ describe, it, expect }: TestFunctions, core: CryptoCore): void {
  describe("Thread's derivations as OpenThread makes them", () => {
    it(`MAC, MLE and TREL keys of ${vectors.keys.length} network keys and key sequences`, () => {
      for (const { networkKey, keySequence, mleKey, macKey, trelKey } of vectors.keys) {
        const key = fromHex(networkKey);
        const sequence = new Uint8Array(4);
        new DataView(sequence.buffer).setUint32(0, keySequence);
        expect(toHex(core.hmac('sha256', key, sequence, text('Thread')))).toBe(mleKey + macKey);
        const salt = concat(sequence, text('ThreadSequenceMasterKey'));
        expect(toHex(core.hkdf('sha256', key, salt, text('ThreadOverInfraKey'), 16))).toBe(trelKey);
      }
    });

    for (const { passphraseUtf8Hex, networkName, extPanId, pskc } of vectors.pskc) {
      it(`PSKc of the network ${networkName}, a passphrase of ${passphraseUtf8Hex.length / 2} bytes`, () => {
        const salt = concat(text('Thread'), fromHex(extPanId), text(networkName));
        expect(toHex(core.pbkdf2AesCmacPrf128(fromHex(passphraseUtf8Hex), salt, 16384, 16))).toBe(pskc);
      });
    }
  });
}
