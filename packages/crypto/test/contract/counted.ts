import { concat, fromHex, toHex } from '@selvage/core';
import { outcomeOf, type TestFunctions } from '@selvage/core/testing';
import type { CountedCcm, CountedNonce, CryptoCore } from '@selvage/crypto';
import frameVectors from '../vectors/ccm-802154.json' with { type: 'json' };
import { empty, flips, sample } from './helpers.js';

type TagLength = 4 | 8 | 16;

interface Shape {
  readonly name: string;
  readonly nonce: CountedNonce;
  readonly tagLength: TagLength;
  /** The first counter of a test, and the greatest there is. */
  readonly first: number;
  readonly last: number;
}

/** A nonce of random-looking bytes with zeroes where the counter goes. */
function nonce(nonceLength: number, offset: number, length: 4 | 6 | 8): CountedNonce {
  return { template: sample(nonceLength, 3).fill(0, offset, offset + length), offset, length };
}

const shapes: readonly Shape[] = [
  { name: 'IEEE 802.15.4 frame', nonce: nonce(13, 8, 4), tagLength: 4, first: 0, last: 0xffff_ffff },
  { name: 'MLE message', nonce: nonce(13, 8, 4), tagLength: 8, first: 250, last: 0xffff_ffff },
  { name: 'DTLS record', nonce: nonce(12, 4, 8), tagLength: 8, first: 2 ** 48, last: Number.MAX_SAFE_INTEGER },
  { name: 'DTLS record, CCM', nonce: nonce(12, 6, 6), tagLength: 16, first: 2 ** 32 - 3, last: 2 ** 48 - 1 },
  { name: 'shortest nonce', nonce: nonce(7, 3, 4), tagLength: 8, first: 0xfffe, last: 0xffff_ffff },
];

/** The nonce of a counter, written the slow way. */
function nonceOf({ template, offset, length }: CountedNonce, counter: number): Uint8Array {
  const bytes = Uint8Array.from(template);
  const wide = new DataView(new ArrayBuffer(8));
  wide.setBigUint64(0, BigInt(counter));
  bytes.set(new Uint8Array(wide.buffer, 8 - length), offset);
  return bytes;
}

function seal(stream: CountedCcm, counter: number, associatedData: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const target = new Uint8Array(plaintext.length + stream.tagLength);
  stream.sealInto(counter, associatedData, plaintext, target, 0);
  return target;
}

export function countedSuite(functions: TestFunctions, core: CryptoCore): void {
  const { describe, it, expect } = functions;

  describe('counted AES-CCM', () => {
    for (const vector of frameVectors.cases) {
      it(vector.name, () => {
        const template = fromHex(vector.nonce).fill(0, vector.counterOffset, vector.counterOffset + 4);
        const counted: CountedNonce = { template, offset: vector.counterOffset, length: 4 };
        const tagLength = vector.tagLength as TagLength;
        const stream = core.aesCcmCounted(fromHex(vector.key), { nonce: counted, tagLength });
        const associatedData = fromHex(vector.associatedData);
        const sealed = seal(stream, vector.counter, associatedData, fromHex(vector.plaintext));
        expect(toHex(sealed)).toBe(vector.sealed);
        expect(toHex(stream.open(vector.counter, associatedData, sealed)!)).toBe(vector.plaintext);
      });
    }

    it('refuses a counter that does not fit its nonce, and impossible lengths', () => {
      const make =
        (template: number, offset: number, length: number, tagLength = 8) =>
        () =>
          core.aesCcmCounted(sample(16), {
            nonce: { template: sample(template), offset, length: length as 4 },
            tagLength: tagLength as TagLength,
          });
      expect(outcomeOf(make(13, 10, 4))).toBe('invalid-length');
      expect(outcomeOf(make(13, -1, 4))).toBe('invalid-length');
      expect(outcomeOf(make(13, 0.5, 4))).toBe('invalid-length');
      expect(outcomeOf(make(13, 8, 5))).toBe('invalid-length');
      expect(outcomeOf(make(6, 0, 4))).toBe('invalid-length');
      expect(outcomeOf(make(14, 0, 4))).toBe('invalid-length');
      expect(outcomeOf(make(13, 8, 4, 6))).toBe('invalid-length');
    });

    for (const shape of shapes) {
      streamTests(core, shape, functions);
    }
  });
}

function streamTests(core: CryptoCore, shape: Shape, { describe, it, expect }: TestFunctions): void {
  const { tagLength, first, last } = shape;
  const key = sample(16, 5);
  const open = () => core.aesCcmCounted(key, { nonce: shape.nonce, tagLength });
  const plain = core.aesCcm(key, { nonceLength: shape.nonce.template.length, tagLength });
  const expected = (counter: number, associatedData: Uint8Array, plaintext: Uint8Array) =>
    toHex(plain.seal(nonceOf(shape.nonce, counter), associatedData, plaintext));
  /** Message n of a stream: lengths that go around the block boundaries, and now and then a long one. */
  const message = (n: number) => sample(n % 29 === 28 ? 1000 + n : (n * 7) % 120, n + 1);
  const header = (n: number) => sample((n * 3) % 32, n + 9);

  describe(shape.name, () => {
    it('is AES-CCM under the nonce that the counter makes, packet after packet', () => {
      const [sealer, opener] = [open(), open()];
      expect(sealer.tagLength).toBe(tagLength);
      for (let n = 0; n < 300; n++) {
        const sealed = seal(sealer, first + n, header(n), message(n));
        expect(toHex(sealed)).toBe(expected(first + n, header(n), message(n)));
        expect(toHex(opener.open(first + n, header(n), sealed)!)).toBe(toHex(message(n)));
      }
    });

    it('seals across gaps, up to the last counter', () => {
      const stream = open();
      for (const counter of [first, first + 1, first + 3, first + 100, first + 101, first + 356, last - 1, last]) {
        expect(toHex(seal(stream, counter, header(1), message(5)))).toBe(expected(counter, header(1), message(5)));
      }
    });

    it('opens packets late, early, twice and in any order', () => {
      const opener = open();
      const packet = (n: number) => plain.seal(nonceOf(shape.nonce, first + n), header(n), message(n));
      for (const n of [5, 0, 1, 2, 3, 2, 300, 4, 6, 7, 8, 9, 10, 301, 302, 303, 12, 304, 0, 305, 600, 305, 601]) {
        expect(toHex(opener.open(first + n, header(n), packet(n))!)).toBe(toHex(message(n)));
      }
    });

    it('opens a packet whose nonce has other bytes in the place of the counter', () => {
      const opener = open();
      const { template, offset, length } = shape.nonce;
      const counterBytes = sample(length, 77).fill(0xff, 0, 2);
      const nonce = Uint8Array.from(template);
      nonce.set(counterBytes, offset);
      for (const size of [0, 1, 16, 100]) {
        const sealed = plain.seal(nonce, header(1), sample(size));
        expect(toHex(opener.openWith(counterBytes, header(1), sealed)!)).toBe(toHex(sample(size)));
        expect(opener.openWith(sample(length, 78), header(1), sealed)).toBe(undefined);
        expect(opener.openWith(counterBytes, header(2), sealed)).toBe(undefined);
        expect(opener.openWith(counterBytes, header(1), sealed.subarray(0, 3))).toBe(undefined);
      }
      expect(outcomeOf(() => opener.openWith(sample(length - 1), header(1), sample(60)))).toBe('invalid-length');
    });

    it('opens after forged packets of near and far counters what it would have opened without', () => {
      const opener = open();
      const forged = sample(60, 2);
      for (let n = 0; n < 80; n++) {
        expect(opener.open(first + n, header(n), forged)).toBe(undefined);
        expect(opener.open(first + n + 1000 * (n % 3), header(n), sample(1500 + n))).toBe(undefined);
        const sealed = plain.seal(nonceOf(shape.nonce, first + n), header(n), message(n));
        expect(toHex(opener.open(first + n, header(n), sealed)!)).toBe(toHex(message(n)));
      }
    });

    it('gives the same packets when it rests in between', () => {
      const [sealer, opener] = [open(), open()];
      for (let n = 0; n < 120; n++) {
        if (n % 7 === 3) sealer.rest();
        if (n % 11 === 5) opener.rest();
        const sealed = seal(sealer, first + n, header(n), message(n));
        expect(toHex(sealed)).toBe(expected(first + n, header(n), message(n)));
        expect(toHex(opener.open(first + n, header(n), sealed)!)).toBe(toHex(message(n)));
      }
      sealer.rest();
      sealer.rest();
      expect(outcomeOf(() => seal(sealer, first + 119, empty, empty))).toBe('wrong-state');
      expect(toHex(seal(sealer, first + 120, empty, empty))).toBe(expected(first + 120, empty, empty));
    });

    it('seals in place and behind a header, and touches nothing else', () => {
      const stream = open();
      for (const length of [0, 1, 40, 1999, 3000]) {
        const target = new Uint8Array(13 + length + tagLength + 5).fill(0xa5);
        target.set(sample(13), 0);
        target.set(sample(length), 13);
        const counter = first + length;
        const written = stream.sealInto(counter, target.subarray(0, 13), target.subarray(13, 13 + length), target, 13);
        expect(written).toBe(length + tagLength);
        const sealed = expected(counter, sample(13), sample(length));
        expect(toHex(target)).toBe(toHex(sample(13)) + sealed + 'a5'.repeat(5));
      }
    });

    it('refuses a target without room, and has not spent the counter then', () => {
      const stream = open();
      const target = new Uint8Array(20 + tagLength);
      expect(outcomeOf(() => stream.sealInto(first, empty, sample(20), target, 1))).toBe('invalid-length');
      expect(outcomeOf(() => stream.sealInto(first, empty, sample(20), target, -1))).toBe('invalid-length');
      expect(outcomeOf(() => stream.sealInto(first, empty, sample(20), target, 0.5))).toBe('invalid-length');
      expect(target.every((byte) => byte === 0)).toBe(true);
      stream.sealInto(first, empty, sample(20), target, 0);
      expect(toHex(target)).toBe(expected(first, empty, sample(20)));
    });

    it('never seals a counter twice, nor one below the last', () => {
      const stream = open();
      seal(stream, first + 9, header(1), message(1));
      for (const counter of [first + 9, first + 8, first]) {
        expect(outcomeOf(() => seal(stream, counter, header(1), message(1)))).toBe('wrong-state');
      }
      const sealed = seal(stream, first + 10, header(1), message(1));
      expect(toHex(sealed)).toBe(expected(first + 10, header(1), message(1)));
      stream.open(first + 500, header(1), sealed);
      expect(outcomeOf(() => seal(stream, first + 10, header(1), message(1)))).toBe('wrong-state');
    });

    it('ends at the last counter, and refuses what is none', () => {
      const stream = open();
      seal(stream, last, empty, empty);
      expect(outcomeOf(() => seal(stream, last + 1, empty, empty))).toBe('nonce-exhausted');
      expect(outcomeOf(() => stream.open(last + 1, empty, sample(30)))).toBe('value-out-of-range');
      for (const counter of [-1, 0.5, Number.NaN]) {
        expect(outcomeOf(() => seal(open(), counter, empty, empty))).toBe('value-out-of-range');
        expect(outcomeOf(() => stream.open(counter, empty, sample(30)))).toBe('value-out-of-range');
      }
    });

    it('refuses an empty message with any bit of its tag flipped, with associated data and without', () => {
      const [sealer, opener] = [open(), open()];
      let counter = first;
      for (const associatedData of [empty, sample(9).subarray(3, 3), sample(13), sample(40), sample(2500)]) {
        counter++;
        const sealed = seal(sealer, counter, associatedData, empty);
        for (const forged of flips(sealed)) {
          expect(opener.open(counter, associatedData, forged)).toBe(undefined);
        }
        expect(opener.open(counter, associatedData, sealed)?.length).toBe(0);
      }
    });

    it('refuses a packet with any bit flipped, cut short, grown, or under another counter', () => {
      const [sealer, opener] = [open(), open()];
      for (const length of [20, 2300]) {
        const counter = first + length;
        const sealed = seal(sealer, counter, sample(5), sample(length));
        for (const forged of flips(sealed, Math.max(0, length - 20))) {
          expect(opener.open(counter, sample(5), forged)).toBe(undefined);
        }
        for (const cut of [0, 1, tagLength - 1, tagLength, length]) {
          expect(opener.open(counter, sample(5), sealed.subarray(0, cut))).toBe(undefined);
        }
        expect(opener.open(counter, sample(5), concat(sealed, Uint8Array.of(0)))).toBe(undefined);
        expect(opener.open(counter, sample(6), sealed)).toBe(undefined);
        expect(opener.open(counter + 1, sample(5), sealed)).toBe(undefined);
        expect(toHex(opener.open(counter, sample(5), sealed)!)).toBe(toHex(sample(length)));
      }
    });

    it('copies its key and nonce in, and throws wrong-state after destroy', () => {
      const given = { key: Uint8Array.from(key), template: Uint8Array.from(shape.nonce.template) };
      const stream = core.aesCcmCounted(given.key, {
        nonce: { ...shape.nonce, template: given.template },
        tagLength,
      });
      given.key.fill(0);
      given.template.fill(0);
      const sealed = seal(stream, first, empty, sample(30));
      expect(toHex(sealed)).toBe(expected(first, empty, sample(30)));
      stream.destroy();
      stream.destroy();
      stream.rest();
      expect(outcomeOf(() => seal(stream, first + 1, empty, sample(3)))).toBe('wrong-state');
      expect(outcomeOf(() => stream.open(first, empty, sealed))).toBe('wrong-state');
    });
  });
}
