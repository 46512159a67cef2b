import { fromHex, prefixedStore, Secret, type Store, toHex } from '@selvage/core';
import { outcomeOfPromise } from '@selvage/core/testing';
import { FailingEntropy, MemoryStore, SeededEntropy } from '@selvage/core/virtual';
import { type KeyHandle, type KeyPolicy, nativeCore, portableCore, StoredKeyHome } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { keyHomeSuite } from '../contract/key-home.js';
import { ecdsaKey } from '../contract/p256-data.js';

const open = (store: Store, core = nativeCore): Promise<StoredKeyHome> =>
  StoredKeyHome.open({ core, entropy: new SeededEntropy('keys'), store });
const signing: KeyPolicy = { algorithm: 'ecdsa-p256', usages: ['sign'] };
const message = Uint8Array.of(1, 2, 3);
const shown = ({ publicKey, ...rest }: KeyHandle): unknown => ({ ...rest, publicKey: publicKey && toHex(publicKey) });

for (const core of [nativeCore, portableCore]) {
  keyHomeSuite(
    { describe, it, expect },
    {
      name: `a store, ${core.engine}`,
      create: () => open(new MemoryStore(), core),
      createFailing: () => StoredKeyHome.open({ core, entropy: new FailingEntropy(), store: new MemoryStore() }),
      core,
    },
  );
}

describe('StoredKeyHome, opened again', () => {
  it('has the same keys of every algorithm, in the same order', async () => {
    const store = new MemoryStore([['something.else', new Uint8Array(1)]]);
    const home = await open(store);
    const policies = [
      signing,
      { algorithm: 'ecdh-p256', usages: ['agree'] },
      { algorithm: 'ed25519', usages: ['sign'] },
      { algorithm: 'hmac-sha256', usages: ['mac'] },
      { algorithm: 'derive', usages: ['derive'] },
    ] as const;
    // Side by side: the order is that of the calls.
    const handles = await Promise.all([...policies, ...policies].map((policy) => home.generate(policy)));
    const again = await open(store);
    expect((await again.list()).map(shown)).toEqual(handles.map(shown));
    for (const handle of handles.filter(({ algorithm }) => algorithm === 'ecdsa-p256')) {
      const signature = await again.sign({ handle, hash: 'sha256', message });
      expect(nativeCore.p256.verify(handle.publicKey!, 'sha256', message, signature)).toBe(true);
    }
    const mac = handles[3]!;
    expect(await again.mac({ handle: mac, message })).toEqual(await home.mac({ handle: mac, message }));
    const newest = await again.generate(signing);
    expect((await (await open(store)).list()).at(-1)?.id).toBe(newest.id);
  });

  it('has an imported key byte for byte, and none that was destroyed', async () => {
    const store = new MemoryStore();
    const home = await open(store);
    const kept = await home.importKey(signing, Secret.of(fromHex(ecdsaKey.privateKey)));
    const gone = await home.generate(signing);
    await home.destroy(gone);
    const again = await open(store);
    expect((await again.list()).map(({ id }) => id)).toEqual([kept.id]);
    expect(toHex(await again.publicKey(kept))).toBe(ecdsaKey.publicKey);
    expect(await store.names()).toEqual([`key.${kept.id}`]);
  });

  it('shares a store with others by a prefix', async () => {
    const store = new MemoryStore();
    const [a, b] = await Promise.all(['a.', 'b.'].map((prefix) => open(prefixedStore(store, prefix))));
    const handle = await a!.generate(signing);
    expect([await b!.list(), await store.names()]).toEqual([[], [`a.key.${handle.id}`]]);
  });

  it('refuses a value that is no key, with every byte cut off and each head changed', async () => {
    const store = new MemoryStore();
    const { id } = await (await open(store)).generate(signing);
    const value = (await store.get(`key.${id}`))!;
    const versionAt = 0;
    const [algorithmAt, usageAt] = [5, 7];
    const wrong = [
      ...Array.from({ length: value.length }, (_, length) => value.subarray(0, length)),
      Uint8Array.of(...value, 0),
      ...[versionAt, algorithmAt, usageAt].map((at) => value.map((byte, i) => (i === at ? byte + 99 : byte))),
      // A scalar of zero.
      value.map((byte, i) => (i < value.length - 32 ? byte : 0)),
    ];
    for (const bytes of wrong) {
      const opening = open(new MemoryStore([[`key.${id}`, bytes]]));
      expect(await outcomeOfPromise(opening)).toBe('store-failed');
    }
  });
});

describe('StoredKeyHome whose store loses power', () => {
  it.each(['old', 'new'] as const)('while a key is made says so, and has it or not: %s', async (outcome) => {
    const store = new MemoryStore();
    const home = await open(store);
    store.cutPowerDuring(0, outcome);
    expect(await outcomeOfPromise(home.generate(signing))).toBe('store-failed');
    expect(await home.list()).toEqual([]);
    store.powerOn();
    expect((await (await open(store)).list()).length).toBe(outcome === 'old' ? 0 : 1);
  });

  it.each(['old', 'new'] as const)('while a key is destroyed lets it be destroyed again: %s', async (outcome) => {
    const store = new MemoryStore();
    const home = await open(store);
    const [first, second] = [await home.generate(signing), await home.generate(signing)];
    store.cutPowerDuring(0, outcome);
    expect(await outcomeOfPromise(home.destroy(first))).toBe('store-failed');
    store.powerOn();
    expect((await home.list()).map(({ id }) => id)).toEqual([first.id, second.id]);
    await home.destroy(first);
    expect((await (await open(store)).list()).map(({ id }) => id)).toEqual([second.id]);
  });

  it('gives a key no handle before it is durable', async () => {
    const store = new MemoryStore();
    const handle = await (await open(store)).generate(signing);
    store.cutPower();
    store.powerOn();
    expect((await (await open(store)).list()).map(({ id }) => id)).toEqual([handle.id]);
  });
});
