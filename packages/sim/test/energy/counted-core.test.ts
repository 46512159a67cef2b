import { fromHex, Secret, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { type CryptoCore, EcJpake, nativeCore, portableCore } from '@selvage/crypto';
import { ccmBlocks, countedCore, noOperations, type Operations } from '@selvage/sim';
import { describe, expect, it } from 'vitest';

const key = fromHex('00112233445566778899aabbccddeeff');

function counting(core: CryptoCore) {
  const counted: Record<keyof Operations, number> = { ...noOperations };
  const engine = countedCore(core, (name, times) => void (counted[name] += times));
  return { engine, counted };
}

/** What an engine is asked, and what of it is counted, by hand. */
const questions: readonly [string, (core: CryptoCore) => unknown, Partial<Operations>][] = [
  // 9 bytes of padding at least: 55 bytes are one block, 56 two.
  ['a digest of 55 bytes', (core) => core.hash('sha256', new Uint8Array(50), new Uint8Array(5)), { hashBlocks: 1 }],
  ['a digest of 56 bytes', (core) => core.hash('sha256', new Uint8Array(56)), { hashBlocks: 2 }],
  ['a running digest, asked twice', running, { hashBlocks: 1 + 1 + 2 }],
  // Inner: the key's block and the message; outer: the key's block and the digest.
  ['HMAC of 32 bytes', (core) => core.hmac('sha256', key, new Uint8Array(32)), { hashBlocks: 4 }],
  ['HMAC under a key of 80 bytes', (core) => core.hmac('sha256', new Uint8Array(80), key), { hashBlocks: 2 + 4 }],
  // Two rounds: A(1), out, A(2), out; the seeds are longer than a block in the second and fourth.
  [
    '40 bytes of the PRF',
    (core) => core.tlsPrf('sha256', key, 'key expansion', new Uint8Array(64), 40),
    { hashBlocks: 19 },
  ],
  ['P_hash', (core) => core.tlsPHash('sha256', key, new Uint8Array(16), 32), { hashBlocks: 8 }],
  ['HKDF of 32 bytes', (core) => core.hkdf('sha256', key, key, key, 32), { hashBlocks: 8 }],
  ['PBKDF2 of 5 rounds', (core) => core.pbkdf2HmacSha256(key, key, 5, 32), { hashBlocks: 12 }],
  ['PBKDF2 by CMAC, 5 rounds', (core) => core.pbkdf2AesCmacPrf128(key, key, 5, 16), { aesBlocks: 5 }],
  ['CMAC of 20 bytes', (core) => core.aesCmac(key, new Uint8Array(20)), { aesBlocks: 3 }],
  ['CTR of 17 bytes', (core) => core.aesCtr(key, new Uint8Array(16), new Uint8Array(17)), { aesBlocks: 2 }],
  ['CBC of two blocks', (core) => core.aesCbc(key).encrypt(key, new Uint8Array(32)), { aesBlocks: 2 }],
  ['CBC back', (core) => core.aesCbc(key).decrypt(key, new Uint8Array(48)), { aesBlocks: 3 }],
  ['k·G', (core) => core.p256.publicKey(key32()), { baseMultiplications: 1 }],
  ['a pair of keys', (core) => core.p256.generateKeyPair(new SeededEntropy('pair')), { baseMultiplications: 1 }],
  ['k·Q', (core) => core.p256.multiply(key32(), pointOf(core)), { multiplications: 1, baseMultiplications: 1 }],
  [
    'x of k·Q',
    (core) => core.p256.sharedSecret(key32(), pointOf(core)),
    { multiplications: 1, baseMultiplications: 1 },
  ],
  [
    'two of them',
    (core) => core.p256.multiplyBoth(key32(), key32(), pointOf(core)),
    { multiplications: 2, baseMultiplications: 1 },
  ],
  ['a signature that holds', signed, { signatures: 1, verifications: 1, hashBlocks: 2, baseMultiplications: 1 }],
];

describe.each([
  ['native', nativeCore],
  ['portable', portableCore],
])('an engine that tells what it computes, %s', (_, core) => {
  it.each(questions)('%s', (_name, ask, expected) => {
    const { engine, counted } = counting(core);
    const answer = ask(engine);
    expect(counted).toEqual({ ...noOperations, ...expected });
    expect(shown(answer)).toEqual(shown(ask(core)));
  });

  it('CCM, sealed and opened, by nonce and by counter: B_0, what is authenticated, the message twice, the tag', () => {
    const nonce = new Uint8Array(13);
    const [associated, message] = [new Uint8Array(15), new Uint8Array(17)];
    // 2 + 15 bytes are two blocks, 17 are two.
    expect(ccmBlocks(15, 17)).toBe(1 + 2 + 2 + 2 + 1);
    expect([ccmBlocks(0, 0), ccmBlocks(14, 0)]).toEqual([2, 3]);
    const { engine, counted } = counting(core);
    const aead = engine.aesCcm(key, { nonceLength: 13, tagLength: 4 });
    const sealed = aead.seal(nonce, associated, message);
    expect(counted.aesBlocks).toBe(8);
    expect(aead.open(nonce, associated, sealed)).toEqual(message);
    expect(counted.aesBlocks).toBe(16);
    aead.destroy();
    const template = { template: new Uint8Array(13), offset: 8, length: 4 } as const;
    const ccm = engine.aesCcmCounted(key, { nonce: template, tagLength: 4 });
    const target = new Uint8Array(21);
    expect(ccm.sealInto(1, associated, message, target, 0)).toBe(21);
    expect(ccm.open(1, associated, target)).toEqual(message);
    expect(ccm.openWith(Uint8Array.of(0, 0, 0, 1), associated, target)).toEqual(message);
    expect(ccm.openWith(Uint8Array.of(0, 0, 0, 2), associated, target)).toBeUndefined();
    expect(counted.aesBlocks).toBe(16 + 4 * 8);
    ccm.rest();
    ccm.destroy();
  });

  it('EC-JPAKE: six times k·G and eight times k·Q on each side', () => {
    const sides = (['client', 'server'] as const).map((role) => {
      const { engine, counted } = counting(core);
      const options = { core: engine, role, password: Secret.text('J01NME'), entropy: new SeededEntropy(role) };
      return { exchange: new EcJpake(options), counted };
    });
    const [client, server] = sides as [(typeof sides)[0], (typeof sides)[0]];
    client.exchange.readRoundOne(server.exchange.writeRoundOne());
    server.exchange.readRoundOne(client.exchange.writeRoundOne());
    client.exchange.readRoundTwo(server.exchange.writeRoundTwo());
    server.exchange.readRoundTwo(client.exchange.writeRoundTwo());
    expect(client.exchange.premasterSecret()).toEqual(server.exchange.premasterSecret());
    for (const { counted } of sides) {
      expect(counted).toMatchObject({ baseMultiplications: 6, multiplications: 8, signatures: 0, verifications: 0 });
    }
  });
});

/** 64 bytes, a digest, 60 more, a digest. */
function running(core: CryptoCore): string[] {
  const hash = core.createHash('sha256').update(new Uint8Array(64));
  const first = toHex(hash.digest());
  // 124 bytes: one whole block and 60, whose padding takes two.
  return [first, toHex(hash.update(new Uint8Array(60)).digest()), ''];
}

function signed(core: CryptoCore): boolean {
  const signature = core.p256.sign(key32(), 'sha256', key);
  return core.p256.verify(core.p256.publicKey(key32()), 'sha256', key, signature);
}

function pointOf(core: CryptoCore): Uint8Array {
  return core.p256.publicKey(key32());
}

function key32(): Uint8Array {
  return new Uint8Array(32).fill(7);
}

function shown(answer: unknown): unknown {
  return answer instanceof Uint8Array ? toHex(answer) : answer;
}
