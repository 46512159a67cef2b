import { concat, fromHex, toHex } from '@selvage/core';
import type { TestFunctions } from '@selvage/core/testing';
import type { CryptoCore, HashAlgorithm } from '@selvage/crypto';
import hmacVectors from '../vectors/hmac-rfc4231.json' with { type: 'json' };
import sha2Vectors from '../vectors/sha2.json' with { type: 'json' };
import { empty, sample } from './helpers.js';

const algorithms: readonly HashAlgorithm[] = ['sha256', 'sha384', 'sha512'];

export function hashSuite({ describe, it, expect }: TestFunctions, core: CryptoCore): void {
  describe('hashes (FIPS 180-4)', () => {
    for (const { name, algorithm, message, repeat, digest } of sha2Vectors.cases) {
      it(`${algorithm} of ${name}`, () => {
        const whole = new Uint8Array((message.length / 2) * repeat);
        whole.set(fromHex(message));
        if (repeat > 1) {
          whole.fill(fromHex(message)[0]!);
        }
        expect(toHex(core.hash(algorithm as HashAlgorithm, whole))).toBe(digest);
      });
    }

    it('hashes the concatenation of its parts', () => {
      const parts = [sample(3), empty, sample(130), sample(64)];
      for (const algorithm of algorithms) {
        expect(toHex(core.hash(algorithm, ...parts))).toBe(toHex(core.hash(algorithm, concat(...parts))));
        expect(toHex(core.hash(algorithm))).toBe(toHex(core.hash(algorithm, empty)));
      }
    });

    it('goes on after a digest, and a digest changes nothing', () => {
      for (const algorithm of algorithms) {
        const running = core.createHash(algorithm);
        expect(toHex(running.digest())).toBe(toHex(core.hash(algorithm)));
        expect(running.update(sample(70))).toBe(running);
        expect(toHex(running.digest())).toBe(toHex(core.hash(algorithm, sample(70))));
        expect(toHex(running.digest())).toBe(toHex(core.hash(algorithm, sample(70))));
        running.update(sample(5));
        expect(toHex(running.digest())).toBe(toHex(core.hash(algorithm, sample(70), sample(5))));
      }
    });

    it('gives plain bytes whose slices are copies', () => {
      for (const digest of [
        core.hash('sha256', sample(9)),
        core.hmac('sha256', sample(9)),
        core.createHash('sha512').digest(),
      ]) {
        expect(digest.constructor).toBe(Uint8Array);
        digest.slice(0, 4).fill(0);
        expect(digest.subarray(0, 4).every((byte) => byte === 0)).toBe(false);
      }
    });
  });

  describe('HMAC (RFC 2104, vectors of RFC 4231)', () => {
    for (const vector of hmacVectors.cases) {
      for (const algorithm of algorithms) {
        it(`${vector.name}, ${algorithm}`, () => {
          const tag = core.hmac(algorithm, fromHex(vector.key), fromHex(vector.message));
          expect(toHex(tag.subarray(0, vector.truncateTo))).toBe(vector[algorithm as 'sha256']);
        });
      }
    }

    it('authenticates the concatenation of its parts, under an empty key as well', () => {
      for (const key of [empty, sample(64), sample(129)]) {
        const whole = core.hmac('sha384', key, concat(sample(10), sample(200)));
        expect(toHex(core.hmac('sha384', key, sample(10), empty, sample(200)))).toBe(toHex(whole));
      }
    });
  });
}
