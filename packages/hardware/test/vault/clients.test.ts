/** Several clients of one vault: what each sees of the others, and what stays of whom. */
import { Secret, toHex } from '@selvage/core';
import { outcomeOfPromise } from '@selvage/core/testing';
import { nativeCore } from '@selvage/crypto';
import type { Vault, VaultKeyHandle } from '@selvage/hardware';
import { describe, expect, it } from 'vitest';
import { MemoryVault } from '../support/memory-vault.js';

const signing = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;
const message = new TextEncoder().encode('message');
const sign = (vault: Vault, handle: VaultKeyHandle): Promise<string> =>
  outcomeOfPromise(vault.keys.sign({ handle, hash: 'sha256', message }));
const labels = async (vault: Vault): Promise<unknown[]> =>
  (await vault.keys.list()).map(({ owner, label }) => `${owner}/${label}`);

/** The same tests for a client in the vault's process, and for one on a channel. */
describe.each(['in the same process', 'over a channel'])('a client of a vault, %s', (where) => {
  const connect = (vault: MemoryVault, name: string): Promise<Vault> =>
    where === 'over a channel' ? vault.connect(name) : Promise.resolve(vault.engine.client(name));

  it('sees no key, value, counter or blob of another, whose key looks like none at all', async () => {
    const vault = await MemoryVault.open();
    const [ours, theirs] = [await connect(vault, 'ours'), await connect(vault, 'theirs')];
    const handle = await theirs.keys.generate(signing, { label: 'root' });
    await theirs.store.put('name', message);
    await theirs.advance('boots', 3);
    const sealed = await theirs.seal('label', message);
    expect([await ours.keys.list(), await ours.keys.labelled('root')]).toEqual([[], undefined]);
    const outcomes = [
      sign(ours, handle),
      outcomeOfPromise(ours.keys.publicKey(handle)),
      outcomeOfPromise(ours.keys.destroy(handle)),
      outcomeOfPromise(ours.keys.grant(handle, 'ours')),
    ];
    expect(await Promise.all(outcomes)).toEqual(Array(4).fill('key-not-found'));
    expect([await ours.store.names(), await ours.store.get('name'), await ours.count('boots')]).toEqual([
      [],
      undefined,
      0,
    ]);
    expect(await outcomeOfPromise(ours.open('label', sealed))).toBe('decrypt-error');
    expect(await theirs.open('label', sealed)).toEqual(message);
  });

  it('uses a key that it was granted, and neither destroys it nor passes it on', async () => {
    const vault = await MemoryVault.open();
    const [maker, firmware, other] = (await Promise.all(
      ['manufacturer', 'firmware', 'other'].map((name) => connect(vault, name)),
    )) as [Vault, Vault, Vault];
    const handle = await maker.keys.generate(signing, { label: 'device-identity' });
    await maker.keys.grant(handle, 'firmware');
    await vault.reopen();
    const [after, stranger] = [await connect(vault, 'firmware'), await connect(vault, 'other')];
    expect(await after.keys.list()).toEqual([handle]);
    expect([await sign(after, handle), await sign(stranger, handle)]).toEqual(['returned', 'key-not-found']);
    expect(toHex(await after.keys.publicKey(handle))).toBe(toHex(handle.publicKey!));
    expect(await outcomeOfPromise(after.keys.destroy(handle))).toBe('key-usage-refused');
    expect(await outcomeOfPromise(after.keys.grant(handle, 'other'))).toBe('key-not-found');
    expect([firmware.owner, other.owner]).toEqual(['firmware', 'other']);
  });

  it('is handed no key by its label that another granted it: whoever has keys names them', async () => {
    const vault = await MemoryVault.open();
    const [board, firmware] = [await connect(vault, 'board'), await connect(vault, 'firmware')];
    const planted = await firmware.keys.generate(signing, { label: 'network' });
    await firmware.keys.grant(planted, 'board');
    expect([await board.keys.labelled('network'), await labels(board)]).toEqual([undefined, ['firmware/network']]);
    const own = await board.keys.generate(signing, { label: 'network' });
    expect(await board.keys.labelled('network')).toEqual(own);
  });

  it('loses its keys and values by an erase, all at once, and neither those of others nor its counters', async () => {
    const vault = await MemoryVault.open();
    const [maker, firmware] = [await connect(vault, 'manufacturer'), await connect(vault, 'firmware')];
    const identity = await maker.keys.generate(signing, { label: 'identity' });
    await maker.keys.grant(identity, 'firmware');
    const own = await firmware.keys.generate(signing, { label: 'own' });
    for (const name of ['doxm', 'pstat', 'cred']) await firmware.store.put(name, message);
    await firmware.advance('resets', 5);
    await firmware.erase();
    expect([await labels(firmware), await firmware.store.names()]).toEqual([['manufacturer/identity'], []]);
    expect([await sign(firmware, own), await sign(firmware, identity)]).toEqual(['key-not-found', 'returned']);
    expect(await firmware.count('resets')).toBe(5);
    await vault.reopen();
    const again = await connect(vault, 'firmware');
    expect([await labels(again), await again.store.names(), await again.count('resets')]).toEqual([
      ['manufacturer/identity'],
      [],
      5,
    ]);
    expect((await again.keys.generate(signing, { label: 'own' })).label).toBe('own');
  });

  it('erases what was asked for before, and keeps what is asked for after', async () => {
    const vault = await MemoryVault.open();
    const client = await connect(vault, 'ours');
    const before = [client.store.put('before', message), client.keys.generate(signing, { label: 'before' })];
    const erased = client.erase();
    const after = [client.store.put('after', message), client.keys.generate(signing, { label: 'after' })];
    await Promise.all([...before, erased, ...after]);
    expect([await client.store.names(), await labels(client)]).toEqual([['after'], ['ours/after']]);
    await vault.reopen();
    const again = await connect(vault, 'ours');
    expect([await again.store.names(), await labels(again)]).toEqual([['after'], ['ours/after']]);
  });

  it('names its keys, each name once, of letters that stand in a command line', async () => {
    const vault = await MemoryVault.open();
    const client = await connect(vault, 'ours');
    const made = await client.keys.generate(signing, { label: 'Site-CA.2026_1' });
    expect(await client.keys.labelled('Site-CA.2026_1')).toEqual(made);
    for (const label of ['Site-CA.2026_1', '-a', 'a b', 'ä', 'a/b', 'a'.repeat(65), '__proto__']) {
      expect(await outcomeOfPromise(client.keys.generate(signing, { label }))).toBe('invalid-argument');
    }
    // Both are under way at once.
    const twice = await Promise.all(
      [1, 2].map(() => outcomeOfPromise(client.keys.generate(signing, { label: 'twice' }))),
    );
    expect(twice.sort()).toEqual(['invalid-argument', 'returned']);
    await client.keys.destroy(made);
    expect((await client.keys.generate(signing, { label: 'Site-CA.2026_1' })).id).not.toBe(made.id);
    expect(await client.keys.labelled('constructor')).toBe(undefined);
  });

  it('counts up only, durably, each name for itself', async () => {
    const vault = await MemoryVault.open();
    const client = await connect(vault, 'ours');
    await Promise.all([client.advance('a', 1), client.advance('a', 2), client.advance('b', 7), client.advance('a', 9)]);
    expect(await outcomeOfPromise(client.advance('a', 8))).toBe('value-out-of-range');
    expect(await outcomeOfPromise(client.advance('a', 9))).toBe('returned');
    await vault.reopen();
    const again = await connect(vault, 'ours');
    expect([await again.count('a'), await again.count('b'), await again.count('c')]).toEqual([9, 7, 0]);
  });

  it('gets a token where somebody makes them, who hears which client asks', async () => {
    const vault = await MemoryVault.open();
    const client = await connect(vault, 'firmware');
    expect(await outcomeOfPromise(client.attest(message))).toBe('attestation-refused');
    vault.engine.attester = async (nonce, name) => new TextEncoder().encode(`${name} ${toHex(nonce)}`);
    expect(new TextDecoder().decode(await client.attest(message))).toBe(`firmware ${toHex(message)}`);
  });

  it('signs a message that does not fit a frame', async () => {
    const vault = await MemoryVault.open();
    const client = await connect(vault, 'ours');
    const handle = await client.keys.generate(signing);
    const large = new Uint8Array(1_000_000).map((_, i) => i % 251);
    const signature = await client.keys.sign({ handle, hash: 'sha256', message: large });
    expect(nativeCore.p256.verify(handle.publicKey!, 'sha256', large, signature)).toBe(true);
  });

  it('cannot fill the vault: with keys, with values, with one that is too large', async () => {
    const vault = await MemoryVault.open();
    const client = await connect(vault, 'ours');
    const key = Secret.of(new Uint8Array(32).fill(1));
    const policy = { algorithm: 'derive', usages: ['derive'] } as const;
    const outcomes = await Promise.all(
      Array.from({ length: 513 }, () => outcomeOfPromise(client.keys.importKey(policy, key))),
    );
    expect(outcomes.filter((outcome) => outcome !== 'returned')).toEqual(['payload-too-large']);
    expect((await client.keys.list()).length).toBe(512);
    expect(await outcomeOfPromise(client.store.put('large', new Uint8Array(4_194_305)))).toBe('payload-too-large');
    for (let i = 0; i < 4; i++) await client.store.put(`mib-${i}`, new Uint8Array(4_000_000));
    expect(await outcomeOfPromise(client.store.put('one-more', new Uint8Array(4_000_000)))).toBe('payload-too-large');
    expect(await outcomeOfPromise((await connect(vault, 'theirs')).store.put('a', message))).toBe('returned');
  });

  it('cannot fill the vault with counters either, nor with the names of whom a key is granted to', async () => {
    const vault = await MemoryVault.open();
    const client = await connect(vault, 'ours');
    const advances = Array.from({ length: 257 }, (_, i) => outcomeOfPromise(client.advance(`count-${i}`, 1)));
    expect((await Promise.all(advances)).filter((outcome) => outcome !== 'returned')).toEqual(['payload-too-large']);
    expect(await outcomeOfPromise(client.advance('count-0', 2))).toBe('returned');
    expect(await outcomeOfPromise((await connect(vault, 'theirs')).advance('count', 1))).toBe('returned');
    const key = await client.keys.generate(signing);
    const grants = Array.from({ length: 17 }, (_, i) => outcomeOfPromise(client.keys.grant(key, `client-${i}`)));
    expect((await Promise.all(grants)).filter((outcome) => outcome !== 'returned')).toEqual(['payload-too-large']);
    expect(await outcomeOfPromise(client.keys.grant(key, 'client-0'))).toBe('returned');
  });
});

describe('a vault', () => {
  it('knows its clients by names of a-z 0-9 and -', async () => {
    const vault = await MemoryVault.open();
    for (const name of ['', 'A', 'a.b', 'a/b', '-a', '__proto__', 'a'.repeat(33)]) {
      expect(await outcomeOfPromise((async () => vault.engine.client(name))())).toBe('invalid-argument');
    }
    expect(await outcomeOfPromise((async () => vault.engine.client('constructor'))())).toBe('returned');
  });

  it('wipes keys from memory when it is closed, and when they are destroyed', async () => {
    const vault = await MemoryVault.open();
    const client = vault.engine.client('ours');
    const handle = await client.keys.generate(signing);
    await vault.engine.close();
    expect(await outcomeOfPromise(client.keys.sign({ handle, hash: 'sha256', message }))).toBe('key-not-found');
    expect(await outcomeOfPromise(client.store.get('a'))).toBe('wrong-state');
  });
});
