import { concat, encodeCbor, fromHex, Secret, SelvageError, toHex } from '@selvage/core';
import { codecSuite, outcomeOf } from '@selvage/core/testing';
import { SeededEntropy } from '@selvage/core/virtual';
import { type KeyHandle, LocalKeyHome, nativeCore, portableCore, type PublicKey } from '@selvage/crypto';
import {
  coseAlgorithmOf,
  coseHeaders,
  coseMessage,
  type CoseMessage,
  isCoseOf,
  longestCoseMessage,
  readCose,
  signatureFromDer,
  signatureToDer,
  signCose,
  writeCose,
} from '@selvage/pki';
import { describe, expect, it } from 'vitest';

const keys = new LocalKeyHome({ core: nativeCore, entropy: new SeededEntropy('cose') });
const payload = new TextEncoder().encode('This is the content.');
const ecdsa = await keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
const ed25519 = await keys.generate({ algorithm: 'ed25519', usages: ['sign'] });

function publicKeyOf(key: KeyHandle): PublicKey {
  return { kind: key.algorithm === 'ed25519' ? 'ed25519' : 'p256', publicKey: key.publicKey as Uint8Array };
}

/** RFC 9052 appendix C.2.1: its key is "11" of appendix C.7.1. */
const published = {
  message:
    'd28443a10126a10442313154546869732069732074686520636f6e74656e742e58408eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36',
  x: 'bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff',
  y: '20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e',
};
const publishedKey: PublicKey = { kind: 'p256', publicKey: fromHex(`04${published.x}${published.y}`) };

const value: CoseMessage = readCose(await signCose({ keys, key: ed25519 }, payload));
codecSuite(
  { describe, it, expect },
  {
    name: 'COSE_Sign1 and COSE_Mac0 (RFC 9052)',
    codec: coseMessage,
    values: [value, { ...value, kind: 'mac0', protectedBytes: new Uint8Array(0), protectedHeader: new Map() }],
    manyForms: true,
  },
);

describe('COSE_Sign1', () => {
  it.each([nativeCore, portableCore])("takes RFC 9052's own message", (core) => {
    const message = readCose(fromHex(published.message));
    expect(coseAlgorithmOf(message.protectedHeader)).toBe('ES256');
    expect(toHex(message.unprotectedHeader.get(coseHeaders.keyId) as Uint8Array)).toBe(
      toHex(new TextEncoder().encode('11')),
    );
    expect(isCoseOf(core, message, publishedKey)).toBe(true);
    expect(toHex(writeCose(message))).toBe(published.message);
  });

  it.each([ecdsa, ed25519])('is signed through a handle, and verified by both engines', async (key) => {
    const signed = await signCose({ keys, key }, payload, {
      unprotectedHeader: new Map([[coseHeaders.keyId, payload]]),
    });
    const message = readCose(signed);
    expect(message.payload).toEqual(payload);
    for (const core of [nativeCore, portableCore]) expect(isCoseOf(core, message, publicKeyOf(key))).toBe(true);
    const other = key === ecdsa ? ed25519 : ecdsa;
    expect(isCoseOf(nativeCore, message, publicKeyOf(other))).toBe(false);
  });

  it('is broken by every bit of protected header, payload and signature that changes', async () => {
    const signed = await signCose({ keys, key: ecdsa }, payload);
    let broken = 0;
    for (let bit = 0; bit < 8 * signed.length; bit++) {
      const damaged = Uint8Array.from(signed);
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      if (!isGood(damaged, publicKeyOf(ecdsa))) broken++;
    }
    expect([broken, signed.length]).toEqual([8 * 94, 94]);
  });

  it('is not verified by an algorithm that stands unprotected', async () => {
    const { signature } = readCose(await signCose({ keys, key: ecdsa }, payload));
    for (const header of [new Uint8Array(0), encodeCbor(new Map())]) {
      const moved = tagged(18, [header, new Map([[1, -7]]), payload, signature]);
      expect(outcomeOf(() => isCoseOf(nativeCore, readCose(moved), publicKeyOf(ecdsa)))).toBe('invalid-value');
    }
  });

  it('names an algorithm that it cannot verify', () => {
    expect(() => coseAlgorithmOf(new Map([[1, -35]]))).toThrow(/ES384 is not one of ES256, EdDSA/);
    expect(() => coseAlgorithmOf(new Map([[1, 'ES256']]))).toThrow(/is not one of/);
  });

  it('is not signed by keys for other things', async () => {
    const key = await keys.generate({ algorithm: 'hmac-sha256', usages: ['mac'] });
    await expect(signCose({ keys, key }, payload)).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});

describe('COSE_Mac0', () => {
  const secret = Secret.of(fromHex('42'.repeat(32)));

  it.each([
    [5, 'sha256'],
    [6, 'sha384'],
    [7, 'sha512'],
  ] as const)('algorithm %i is HMAC with %s', (algorithm, hash) => {
    const header = encodeCbor(new Map([[1, algorithm]]));
    const signed = encodeCbor(['MAC0', header, new Uint8Array(0), payload]);
    const code = nativeCore.hmac(hash, secret.reveal(), signed);
    const message = readCose(tagged(17, [header, new Map(), payload, code]));
    expect(isCoseOf(nativeCore, message, { kind: 'hmac', secret })).toBe(true);
    expect(isCoseOf(nativeCore, message, { kind: 'hmac', secret: Secret.of(fromHex('43'.repeat(32))) })).toBe(false);
    const short = readCose(tagged(17, [header, new Map(), payload, code.subarray(0, 8)]));
    expect(isCoseOf(nativeCore, short, { kind: 'hmac', secret })).toBe(false);
    // A signature's algorithm and a code's are not exchanged.
    const asSign1 = readCose(tagged(18, [header, new Map(), payload, code.subarray(0, 64)]));
    expect(isCoseOf(nativeCore, asSign1, { kind: 'hmac', secret })).toBe(false);
  });
});

describe('a message', () => {
  const header = encodeCbor(new Map([[1, -7]]));
  const parts = [header, new Map(), payload, new Uint8Array(64)] as const;

  it.each([
    ['no tag', encodeCbor([...parts])],
    ['another tag', tagged(16, [...parts])],
    ['two tags', concat(Uint8Array.of(0xd2), tagged(18, [...parts]))],
    ['the tag of a CWT around it', concat(Uint8Array.of(0xd8, 61), tagged(18, [...parts]))],
    ['three elements', tagged(18, parts.slice(0, 3))],
    ['five elements', tagged(18, [...parts, null])],
    ['no payload', tagged(18, [header, new Map(), null, new Uint8Array(64)])],
    ['a protected header that is a map', tagged(18, [new Map(), new Map(), payload, new Uint8Array(64)])],
    ['a protected header of something else', tagged(18, [encodeCbor([1]), new Map(), payload, new Uint8Array(64)])],
    ['an unprotected header that is none', tagged(18, [header, [], payload, new Uint8Array(64)])],
    ['a parameter twice', tagged(18, [header, new Map([[1, -7]]), payload, new Uint8Array(64)])],
    [
      'a critical parameter',
      tagged(18, [
        encodeCbor(
          new Map<number, number | number[]>([
            [1, -7],
            [2, [4]],
          ]),
        ),
        new Map(),
        payload,
        new Uint8Array(64),
      ]),
    ],
    ['a signature that is too long', tagged(18, [header, new Map(), payload, new Uint8Array(133)])],
    ['bytes behind it', concat(tagged(18, [...parts]), Uint8Array.of(0))],
    ['too many bytes', tagged(18, [header, new Map(), new Uint8Array(longestCoseMessage), new Uint8Array(64)])],
    ['nothing', new Uint8Array(0)],
  ])('with %s is refused', (_, bytes) => {
    expect(outcomeOf(() => readCose(bytes))).toMatch(/^(invalid-value|length-out-of-range|trailing-bytes|truncated)$/);
  });

  it('may have its tag in more bytes than it needs', () => {
    expect(readCose(concat(Uint8Array.of(0xd8, 18), tagged(18, [...parts]).subarray(1))).kind).toBe('sign1');
  });
});

describe('ECDSA signatures, DER and r ‖ s', () => {
  it.each([
    ['0101010101010101010101010101010101010101010101010101010101010101', '02'.repeat(32)],
    ['ff'.repeat(32), '80'.padEnd(64, '0')],
    ['1'.padStart(64, '0'), '80'.padStart(64, '0')],
    ['0'.repeat(64), '0'.repeat(64)],
  ])('become each other: %s', (r, s) => {
    const raw = fromHex(r + s);
    expect(toHex(signatureFromDer(signatureToDer(raw)))).toBe(toHex(raw));
  });

  it.each([
    ['a negative number', '3006020180020101'],
    ['a padded number', '300702020001020101'],
    ['a number of 33 bytes', `302602210101${'00'.repeat(31)}020101`],
    ['one number', '3003020101'],
    ['three numbers', '3009020101020101020101'],
    ['bytes behind it', '300602010102010100'],
    ['a length that lies', '3007020101020101'],
  ])('refuse %s', (_, der) => {
    expect(() => signatureFromDer(fromHex(der))).toThrow(SelvageError);
  });

  it('refuse r ‖ s of another length', () => {
    expect(() => signatureToDer(new Uint8Array(63))).toThrow(/63 bytes/);
  });
});

function tagged(tag: number, elements: readonly unknown[]): Uint8Array {
  return concat(
    tag < 24 ? Uint8Array.of(0xc0 | tag) : Uint8Array.of(0xd8, tag),
    encodeCbor(elements as Parameters<typeof encodeCbor>[0]),
  );
}

function isGood(bytes: Uint8Array, key: PublicKey): boolean {
  try {
    return isCoseOf(nativeCore, readCose(bytes), key);
  } catch (error) {
    if (error instanceof SelvageError) return false;
    throw error;
  }
}
