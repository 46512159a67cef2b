import { toHex } from '@selvage/core';
import { type CountedCcm, type HashAlgorithm, nativeCore, portableCore } from '@selvage/crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const algorithm = fc.constantFrom<HashAlgorithm>('sha256', 'sha384', 'sha512');
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const aesKey = fc.oneof(exactly(16), exactly(32));
const tagLength = fc.constantFrom<4 | 8 | 16>(4, 8, 16);
const engines = [nativeCore, portableCore] as const;

/** Says that both engines give the same; a failure prints fast-check's seed, which replays it. */
function same(make: (core: (typeof engines)[number]) => Uint8Array): void {
  expect(toHex(make(nativeCore))).toBe(toHex(make(portableCore)));
}

describe('both engines give the same for random inputs', () => {
  it('hashes and HMAC, whole and in parts', () => {
    fc.assert(
      fc.property(algorithm, bytes(200), fc.array(bytes(150), { maxLength: 4 }), (name, key, parts) => {
        same((core) => core.hash(name, ...parts));
        same((core) => parts.reduce((running, part) => running.update(part), core.createHash(name)).digest());
        same((core) => core.hmac(name, key, ...parts));
      }),
    );
  });

  it('HKDF, the PRF of TLS 1.2 and both PBKDF2', () => {
    const input = fc.tuple(algorithm, bytes(80), bytes(80), bytes(80), fc.integer({ min: 1, max: 300 }));
    const rounds = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(input, rounds, fc.string(), ([name, secret, salt, info, length], iterations, label) => {
        same((core) => core.hkdf(name, secret, salt, info, length));
        same((core) => core.tlsPHash(name, secret, salt, length));
        same((core) => core.tlsPrf(name, secret, label, salt, length));
        same((core) => core.pbkdf2HmacSha256(secret, salt, iterations, length));
        same((core) => core.pbkdf2AesCmacPrf128(secret, salt, iterations, length));
      }),
    );
  });

  it('CMAC, CTR and CBC', () => {
    fc.assert(
      fc.property(aesKey, exactly(16), bytes(100), (key, iv, data) => {
        const blocks = data.subarray(0, data.length & -16);
        same((core) => core.aesCmac(key, data));
        same((core) => core.aesCtr(key, iv, data));
        same((core) => core.aesCbc(key).encrypt(iv, blocks));
        same((core) => core.aesCbc(key).decrypt(iv, blocks));
      }),
    );
  });

  it('GCM and CCM, and each opens what the other sealed', () => {
    const message = fc.tuple(aesKey, bytes(60), bytes(200));
    fc.assert(
      fc.property(message, exactly(13), fc.integer({ min: 7, max: 13 }), tagLength, (input, long, length, tag) => {
        const [key, associatedData, plaintext] = input;
        for (const nonceLength of [12, length]) {
          const [native, portable] = engines.map((core) =>
            nonceLength === 12 ? core.aesGcm(key) : core.aesCcm(key, { nonceLength, tagLength: tag }),
          ) as [ReturnType<typeof nativeCore.aesGcm>, ReturnType<typeof nativeCore.aesGcm>];
          const nonce = long.subarray(0, nonceLength);
          const sealed = native.seal(nonce, associatedData, plaintext);
          expect(toHex(portable.seal(nonce, associatedData, plaintext))).toBe(toHex(sealed));
          expect(toHex(native.open(nonce, associatedData, sealed)!)).toBe(toHex(plaintext));
          expect(toHex(portable.open(nonce, associatedData, sealed)!)).toBe(toHex(plaintext));
        }
      }),
    );
  });
});

/** One thing that happens to a counted stream. */
type Step =
  | { kind: 'seal'; ahead: number; associatedData: Uint8Array; plaintext: Uint8Array; delivered: boolean }
  | { kind: 'reopen'; which: number }
  | { kind: 'forge'; ahead: number; sealed: Uint8Array }
  | { kind: 'rest'; which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('seal' as const),
      ahead: fc.oneof(
        { weight: 9, arbitrary: fc.constant(1) },
        { weight: 1, arbitrary: fc.integer({ min: 2, max: 400 }) },
      ),
      associatedData: bytes(40),
      plaintext: fc.oneof({ weight: 8, arbitrary: bytes(130) }, { weight: 1, arbitrary: bytes(2300) }),
      delivered: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reopen' as const), which: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('forge' as const),
      ahead: fc.integer({ min: -5, max: 300 }),
      sealed: bytes(200),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rest' as const), which: fc.nat(1) }) },
);

describe('both engines treat a counted stream alike, whatever happens to it', () => {
  it('sealing, opening late and again, forgeries, rests', () => {
    const places = fc.constantFrom<[number, number, 4 | 6 | 8, number]>(
      [13, 8, 4, 0],
      [12, 4, 8, 2 ** 48],
      [12, 6, 6, 2 ** 32 - 20],
      [13, 0, 8, 200],
    );
    fc.assert(
      fc.property(
        aesKey,
        exactly(13),
        places,
        tagLength,
        fc.array(step, { maxLength: 150 }),
        (key, random, place, tag, steps) => {
          const [nonceLength, offset, length, first] = place;
          const template = random.slice(0, nonceLength).fill(0, offset, offset + length);
          const parameters = { nonce: { template, offset, length }, tagLength: tag };
          const [sealer, opener, oracle] = [nativeCore, nativeCore, portableCore].map((core) =>
            core.aesCcmCounted(key, parameters),
          ) as [CountedCcm, CountedCcm, CountedCcm];
          const sent: { counter: number; associatedData: Uint8Array; plaintext: Uint8Array; sealed: Uint8Array }[] = [];
          let counter = first;
          const deliver = (packet: (typeof sent)[number]): void => {
            expect(toHex(opener.open(packet.counter, packet.associatedData, packet.sealed)!)).toBe(
              toHex(packet.plaintext),
            );
          };
          for (const event of steps) {
            if (event.kind === 'seal') {
              counter += event.ahead;
              const { associatedData, plaintext } = event;
              const sealed = new Uint8Array(plaintext.length + tag);
              const expected = new Uint8Array(plaintext.length + tag);
              sealer.sealInto(counter, associatedData, plaintext, sealed, 0);
              oracle.sealInto(counter, associatedData, plaintext, expected, 0);
              expect(toHex(sealed)).toBe(toHex(expected));
              sent.push({ counter, associatedData, plaintext, sealed });
              if (event.delivered) deliver(sent.at(-1)!);
            } else if (event.kind === 'reopen' && sent.length > 0) {
              deliver(sent[event.which % sent.length]!);
            } else if (event.kind === 'forge') {
              const at = Math.max(0, counter + event.ahead);
              const answer = oracle.open(at, template, event.sealed);
              expect(opener.open(at, template, event.sealed)).toEqual(answer);
            } else if (event.kind === 'rest') {
              (event.which === 0 ? sealer : opener).rest();
            }
          }
        },
      ),
    );
  });
});
