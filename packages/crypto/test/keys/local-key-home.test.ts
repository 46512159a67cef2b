import { fromHex, Secret, toHex } from '@selvage/core';
import { outcomeOf, outcomeOfPromise } from '@selvage/core/testing';
import { FailingEntropy, SeededEntropy } from '@selvage/core/virtual';
import { decodeSpki, encodeSpki, LocalKeyHome, nativeCore, portableCore, signerOf } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { keyHomeSuite } from '../contract/key-home.js';
import { ecdsaKey } from '../contract/p256-data.js';

for (const core of [nativeCore, portableCore]) {
  keyHomeSuite(
    { describe, it, expect },
    {
      name: `this process, ${core.engine}`,
      create: () => new LocalKeyHome({ core, entropy: new SeededEntropy('keys') }),
      createFailing: () => new LocalKeyHome({ core, entropy: new FailingEntropy() }),
      core,
    },
  );
}

describe('LocalKeyHome', () => {
  it('keeps nothing of an import whose handle cannot be drawn', async () => {
    const home = new LocalKeyHome({ core: nativeCore, entropy: new FailingEntropy() });
    const key = Secret.of(fromHex(ecdsaKey.privateKey));
    const imported = home.importKey({ algorithm: 'ecdsa-p256', usages: ['sign'] }, key);
    expect(await outcomeOfPromise(imported)).toBe('entropy-failed');
    expect(await home.list()).toEqual([]);
  });
});

describe('signerOf', () => {
  it('answers sign operations with the keys of a home', async () => {
    const home = new LocalKeyHome({ core: nativeCore, entropy: new SeededEntropy('signer') });
    const sign = signerOf(home);
    const message = Uint8Array.of(1, 2, 3);
    const ecdsa = await home.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
    const signature = await sign({ key: ecdsa, hash: 'sha256', message });
    expect(nativeCore.p256.verify(ecdsa.publicKey!, 'sha256', message, signature)).toBe(true);
    const ed25519 = await home.generate({ algorithm: 'ed25519', usages: ['sign'] });
    expect(
      nativeCore.ed25519.verify(ed25519.publicKey!, message, await sign({ key: ed25519, hash: 'sha256', message })),
    ).toBe(true);
    await home.destroy(ecdsa);
    expect(await outcomeOfPromise(sign({ key: ecdsa, hash: 'sha256', message }))).toBe('key-not-found');
  });
});

describe('SubjectPublicKeyInfo', () => {
  const p256 = fromHex(ecdsaKey.publicKey);
  const ed25519 = nativeCore.ed25519.publicKey(new Uint8Array(32).fill(7));

  it('survives a round trip', () => {
    expect(decodeSpki(encodeSpki({ kind: 'p256', publicKey: p256 }))).toEqual({ kind: 'p256', publicKey: p256 });
    const key = { kind: 'ed25519', publicKey: ed25519 } as const;
    expect(decodeSpki(encodeSpki(key))).toEqual(key);
  });

  it('is what RFC 8410 §10.1 shows for Ed25519', () => {
    const publicKey = fromHex('19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1');
    expect(toHex(encodeSpki({ kind: 'ed25519', publicKey }))).toBe(`302a300506032b6570032100${toHex(publicKey)}`);
  });

  it('is refused with any byte of its form changed, cut off or added', () => {
    const der = encodeSpki({ kind: 'p256', publicKey: p256 });
    for (let i = 0; i < 26; i++) {
      const changed = der.map((byte, j) => (i === j ? byte ^ 1 : byte));
      expect(outcomeOf(() => decodeSpki(changed))).toBe('invalid-key');
    }
    expect(outcomeOf(() => decodeSpki(der.subarray(0, -1)))).toBe('invalid-key');
    expect(outcomeOf(() => decodeSpki(new Uint8Array([...der, 0])))).toBe('invalid-key');
    expect(outcomeOf(() => encodeSpki({ kind: 'p256', publicKey: ed25519 }))).toBe('invalid-length');
  });
});
