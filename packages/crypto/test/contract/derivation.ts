import { concat, fromHex, toHex } from '@selvage/core';
import { outcomeOf, type TestFunctions } from '@selvage/core/testing';
import type { CryptoCore, HashAlgorithm } from '@selvage/crypto';
import prfVectors from '../vectors/cmac-prf128-rfc4615.json' with { type: 'json' };
import hkdfVectors from '../vectors/hkdf-rfc5869.json' with { type: 'json' };
import pbkdf2Vectors from '../vectors/pbkdf2-hmac-sha256.json' with { type: 'json' };
import tlsVectors from '../vectors/tls12-prf.json' with { type: 'json' };
import { empty, sample, text } from './helpers.js';

export function derivationSuite({ describe, it, expect }: TestFunctions, core: CryptoCore): void {
  describe('HKDF (RFC 5869)', () => {
    for (const { name, secret, salt, info, output } of hkdfVectors.cases) {
      it(name, () => {
        const derived = core.hkdf('sha256', fromHex(secret), fromHex(salt), fromHex(info), output.length / 2);
        expect(toHex(derived)).toBe(output);
      });
    }

    it('gives up to 255 digests and no more (§2.3)', () => {
      const derive = (algorithm: HashAlgorithm, length: number) =>
        core.hkdf(algorithm, sample(5), empty, sample(1100), length);
      expect(derive('sha256', 0).length).toBe(0);
      expect(derive('sha256', 255 * 32).length).toBe(255 * 32);
      expect(derive('sha384', 255 * 48).length).toBe(255 * 48);
      expect(toHex(derive('sha512', 65))).toBe(toHex(derive('sha512', 255 * 64).subarray(0, 65)));
      expect(outcomeOf(() => derive('sha256', 255 * 32 + 1))).toBe('invalid-length');
      expect(outcomeOf(() => derive('sha256', -1))).toBe('invalid-length');
      expect(outcomeOf(() => derive('sha256', 1.5))).toBe('invalid-length');
    });
  });

  describe('PRF of TLS 1.2 (RFC 5246 §5)', () => {
    for (const { name, algorithm, secret, label, seed, output } of tlsVectors.cases) {
      it(`known answer, ${name}`, () => {
        const length = output.length / 2;
        const prf = core.tlsPrf(algorithm as HashAlgorithm, fromHex(secret), label, fromHex(seed), length);
        expect(toHex(prf)).toBe(output);
      });
    }

    it('is P_hash over label ‖ seed, and any length is a prefix of a longer one', () => {
      const long = core.tlsPHash('sha256', sample(48), concat(text('key expansion'), sample(64)), 200);
      for (const length of [0, 1, 12, 31, 32, 33, 64, 104, 200]) {
        const prf = core.tlsPrf('sha256', sample(48), 'key expansion', sample(64), length);
        expect(toHex(prf)).toBe(toHex(long.subarray(0, length)));
      }
      expect(outcomeOf(() => core.tlsPHash('sha256', sample(48), empty, -1))).toBe('invalid-length');
    });
  });

  describe('PBKDF2-HMAC-SHA256 (RFC 8018 §5.2)', () => {
    for (const { name, password, salt, iterations, output } of pbkdf2Vectors.cases) {
      it(name, () => {
        const derived = core.pbkdf2HmacSha256(fromHex(password), fromHex(salt), iterations, output.length / 2);
        expect(toHex(derived)).toBe(output);
      });
    }

    it('refuses no rounds and no length', () => {
      expect(outcomeOf(() => core.pbkdf2HmacSha256(sample(4), sample(4), 0, 16))).toBe('invalid-length');
      expect(outcomeOf(() => core.pbkdf2HmacSha256(sample(4), sample(4), 1, 0))).toBe('invalid-length');
      expect(outcomeOf(() => core.pbkdf2AesCmacPrf128(sample(4), sample(4), 0.5, 16))).toBe('invalid-length');
    });
  });

  describe('PBKDF2-AES-CMAC-PRF-128 (RFC 4615, RFC 8018 §5.2)', () => {
    for (const { name, key, message, output } of prfVectors.cases) {
      it(`the PRF it is defined over, ${name}`, () => {
        expect(toHex(cmacPrf128(core, fromHex(key), fromHex(message)))).toBe(output);
      });
    }

    it('is what its definition says, round by round', () => {
      for (const passwordLength of [0, 10, 16, 18]) {
        for (const [iterations, length] of [
          [1, 16],
          [2, 16],
          [3, 5],
          [1025, 16],
          [1026, 33],
          [2050, 17],
        ] as const) {
          const [password, salt] = [sample(passwordLength), sample(20, 7)];
          const derived = core.pbkdf2AesCmacPrf128(password, salt, iterations, length);
          expect(toHex(derived)).toBe(toHex(pbkdf2ByDefinition(core, password, salt, iterations, length)));
        }
      }
    });
  });
}

/** RFC 4615 §3. */
function cmacPrf128(core: CryptoCore, key: Uint8Array, message: Uint8Array): Uint8Array {
  return core.aesCmac(key.length === 16 ? key : core.aesCmac(new Uint8Array(16), key), message);
}

/** RFC 8018 §5.2, one PRF call a round. */
function pbkdf2ByDefinition(
  core: CryptoCore,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let block = 1; 16 * blocks.length < length; block++) {
    let u = cmacPrf128(core, password, concat(salt, Uint8Array.of(0, 0, 0, block)));
    const sum = Uint8Array.from(u);
    for (let round = 1; round < iterations; round++) {
      u = cmacPrf128(core, password, u);
      u.forEach((byte, i) => (sum[i]! ^= byte));
    }
    blocks.push(sum);
  }
  return concat(...blocks).subarray(0, length);
}
