import { concat, fromHex, toHex } from '@selvage/core';
import { outcomeOf, type TestFunctions } from '@selvage/core/testing';
import type { CryptoCore } from '@selvage/crypto';
import modeVectors from '../vectors/aes-sp800-38a.json' with { type: 'json' };
import cmacVectors from '../vectors/cmac.json' with { type: 'json' };
import { empty, sample } from './helpers.js';

/** AES without authentication, and CMAC. */
export function cipherSuite({ describe, it, expect }: TestFunctions, core: CryptoCore): void {
  describe('AES-CBC and AES-CTR (SP 800-38A)', () => {
    for (const { name, mode, key, iv, plaintext, ciphertext } of modeVectors.cases) {
      it(name, () => {
        if (mode === 'ctr') {
          expect(toHex(core.aesCtr(fromHex(key), fromHex(iv), fromHex(plaintext)))).toBe(ciphertext);
          expect(toHex(core.aesCtr(fromHex(key), fromHex(iv), fromHex(ciphertext)))).toBe(plaintext);
          return;
        }
        const chain = core.aesCbc(fromHex(key));
        expect(toHex(chain.encrypt(fromHex(iv), fromHex(plaintext)))).toBe(ciphertext);
        expect(toHex(chain.decrypt(fromHex(iv), fromHex(ciphertext)))).toBe(plaintext);
      });
    }

    it('CBC takes whole blocks, none included, and starts anew with every call', () => {
      const chain = core.aesCbc(sample(16));
      expect(chain.encrypt(sample(16), empty).length).toBe(0);
      expect(chain.decrypt(sample(16), empty).length).toBe(0);
      const once = toHex(chain.encrypt(sample(16), sample(48)));
      expect(toHex(chain.encrypt(sample(16), sample(48)))).toBe(once);
      expect(outcomeOf(() => chain.encrypt(sample(16), sample(17)))).toBe('invalid-length');
      expect(outcomeOf(() => chain.decrypt(sample(16), sample(15)))).toBe('invalid-length');
      expect(outcomeOf(() => chain.encrypt(sample(15), sample(16)))).toBe('invalid-length');
      expect(outcomeOf(() => chain.decrypt(sample(17), sample(16)))).toBe('invalid-length');
    });

    it('CTR counts the whole block, carries through all of it, and cuts the last block', () => {
      const counter = new Uint8Array(16).fill(0xff);
      const stream = core.aesCtr(sample(32), counter, new Uint8Array(40));
      expect(toHex(stream.subarray(16))).toBe(toHex(core.aesCtr(sample(32), new Uint8Array(16), new Uint8Array(24))));
      expect(core.aesCtr(sample(16), counter, empty).length).toBe(0);
      expect(toHex(counter)).toBe('ff'.repeat(16));
      expect(outcomeOf(() => core.aesCtr(sample(16), sample(12), sample(3)))).toBe('invalid-length');
    });
  });

  describe('AES-CMAC (RFC 4493)', () => {
    for (const { name, key, message, mac } of cmacVectors.cases) {
      it(name, () => {
        expect(toHex(core.aesCmac(fromHex(key), fromHex(message)))).toBe(mac);
      });
    }

    it('reads its message, and leaves it and the key as they were', () => {
      const [key, message] = [sample(16), sample(33)];
      core.aesCmac(key, message);
      expect(toHex(concat(key, message))).toBe(toHex(concat(sample(16), sample(33))));
    });
  });

  describe('AES keys', () => {
    const users: Record<string, (key: Uint8Array) => unknown> = {
      aesCbc: (key) => core.aesCbc(key),
      aesCtr: (key) => core.aesCtr(key, sample(16), sample(4)),
      aesCmac: (key) => core.aesCmac(key, sample(4)),
      aesGcm: (key) => core.aesGcm(key),
      aesCcm: (key) => core.aesCcm(key, { nonceLength: 13, tagLength: 8 }),
      aesCcmCounted: (key) =>
        core.aesCcmCounted(key, { nonce: { template: sample(13), offset: 8, length: 4 }, tagLength: 8 }),
    };
    for (const [name, use] of Object.entries(users)) {
      it(`${name} takes 16 or 32 bytes and refuses others as invalid-key`, () => {
        for (const length of [0, 1, 15, 17, 24, 31, 33, 64]) {
          expect(outcomeOf(() => use(sample(length)))).toBe('invalid-key');
        }
        use(sample(16));
        use(sample(32));
      });
    }

    it('are copied in, and forgotten by destroy', () => {
      const key = sample(16);
      const chain = core.aesCbc(key);
      const before = toHex(chain.encrypt(sample(16), sample(16)));
      key.fill(0);
      expect(toHex(chain.encrypt(sample(16), sample(16)))).toBe(before);
      chain.destroy();
      chain.destroy();
      expect(outcomeOf(() => chain.encrypt(sample(16), sample(16)))).toBe('wrong-state');
      expect(outcomeOf(() => chain.decrypt(sample(16), sample(16)))).toBe('wrong-state');
    });
  });
}
