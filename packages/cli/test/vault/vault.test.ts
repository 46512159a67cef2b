/** `selvage vault`: every example of its help as it stands there, and every way to be refused. */
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { Secret } from '@selvage/core';
import { nativeCore, writePrivateKey } from '@selvage/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  destroyExamples,
  generateExamples,
  importExamples,
  publicExamples,
  showExamples,
} from '../../src/vault/examples.js';
import { openVaultKey } from '../../src/vault/vault-key.js';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface, type TestSurfaceOptions } from '../support/test-surface.js';

const file = scratchFolder();
const before = process.cwd();
beforeAll(() => {
  process.chdir(file('.'));
  const privateKey = Secret.of(new Uint8Array(32).fill(5));
  const pem = writePrivateKey(nativeCore, { kind: 'p256', key: privateKey });
  writeFileSync('ca.key.pem', pem.reveal(), { mode: 0o600 });
});
afterAll(() => process.chdir(before));

async function vault(words: readonly string[], options: TestSurfaceOptions = {}) {
  const surface = new TestSurface(options);
  const exit = await surface.run('vault', ...words);
  return {
    exit,
    stdout: surface.stdout.text,
    says: surface.stderr.text.replace(/\s+/g, ' '),
    events: () => surface.events,
  };
}

describe('the examples of', () => {
  const lines = [
    ...`${generateExamples}${importExamples}${publicExamples}${showExamples}${destroyExamples}`.matchAll(
      /^ +\$ selvage vault (.+)$/gm,
    ),
  ];

  it.each(lines.map(([, line = '']) => line))('vault %s', async (line) => {
    const surface = new TestSurface();
    expect([await surface.run('vault', ...line.split(/ +/)), surface.stderr.text.includes('Error')]).toEqual([
      0,
      false,
    ]);
  });

  it('are eight', () => {
    expect(lines.length).toBe(8);
    expect(existsSync('.selvage/vault/chip/unique-key')).toBe(true);
    expect(statSync('.selvage/vault').mode & 0o77).toBe(0);
  });
});

describe('vault', () => {
  const passphrase = { SELVAGE_VAULT_PASSPHRASE: 'correct horse battery' };

  it('tells what it did, as objects too, and gives the same public key everywhere', async () => {
    const [made] = (await vault(['generate', 'one', '--vault', 'own', '--json'])).events();
    expect(made).toMatchObject({
      event: 'generated',
      vault: 'own',
      label: 'one',
      type: 'ecdsa-p256',
      owner: 'operator',
    });
    const [shown] = (await vault(['show', '--vault', 'own', '--json'])).events();
    const { event: _, vault: __, ...key } = made as Record<string, unknown>;
    expect(shown).toEqual({ event: 'vault', vault: 'own', keys: [key] });
    const { stdout } = await vault(['public', 'one', '--vault', 'own']);
    expect(stdout).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    const [told] = (await vault(['public', 'one', '--vault', 'own', '--json'])).events();
    expect(told).toMatchObject({ pem: stdout, publicKeySha256: key['publicKeySha256'] });
  });

  it('says what a folder without a passphrase is worth, and does not where one locks it', async () => {
    expect((await vault(['generate', 'a', '--vault', 'open'])).says).toContain(
      'whoever copies the folder has its keys',
    );
    const locked = await vault(['generate', 'a', '--vault', 'locked'], { env: passphrase });
    expect([locked.exit, locked.says]).toEqual([0, expect.not.stringContaining('copies')]);
    expect((await vault(['show', '--vault', 'locked'], { env: passphrase })).stdout).toContain('ecdsa-p256');
  });

  it('asks for the passphrase where nobody gave one and somebody is there', async () => {
    const surface = new TestSurface({ canAsk: true });
    surface.stdin.type('correct horse battery\n');
    expect(await surface.run('vault', 'show', '--vault', 'locked')).toBe(0);
    expect(surface.stderr.text).toContain('The passphrase of the vault in locked');
  });

  it('takes a key that was in a file, and says that the file has to go', async () => {
    const imported = await vault(['import', 'ca', '--key', 'ca.key.pem', '--vault', 'taken']);
    expect([imported.exit, imported.says]).toEqual([0, expect.stringContaining('wipe ca.key.pem now')]);
    const store = readFileSync('taken/store');
    expect(store.includes(Buffer.alloc(32, 5))).toBe(false);
  });

  it('lends a key to other verbs by its label', async () => {
    const surface = new TestSurface({ env: { SELVAGE_VAULT: 'own' } });
    const open = await openVaultKey(surface, 'vault:one');
    const { keys, handle } = open;
    const message = new TextEncoder().encode('firmware');
    const signature = await keys.sign({ handle, hash: 'sha256', message });
    expect(nativeCore.p256.verify(handle.publicKey!, 'sha256', message, signature)).toBe(true);
    await open.close();
    await expect(openVaultKey(surface, 'vault:none')).rejects.toMatchObject({ code: 'key-not-found' });
  });

  it('destroys what is confirmed', async () => {
    const surface = new TestSurface({ canAsk: true });
    surface.stdin.type('n\n');
    expect(await surface.run('vault', 'destroy', 'one', '--vault', 'own')).not.toBe(0);
    expect((await vault(['destroy', 'one', '--vault', 'own'])).exit).toBe(64);
    expect((await vault(['destroy', 'one', '--vault', 'own', '--yes'])).exit).toBe(0);
    expect((await vault(['show', '--vault', 'own', '--json'])).events()).toMatchObject([{ keys: [] }]);
  });

  it.each<[string, number, RegExp, readonly string[]]>([
    ['no vault', 66, /there is no vault in none/, ['show', '--vault', 'none']],
    ['no such key', 66, /has no key "none"/, ['public', 'none', '--vault', 'open']],
    ['a label that is there', 64, /there is a key a already/, ['generate', 'a', '--vault', 'open']],
    ['a label that is none', 64, /is no label/, ['generate', '../a', '--vault', 'open']],
    ['the name of a prototype', 66, /has no key "__proto__"/, ['public', '__proto__', '--vault', 'open']],
    ['no passphrase for a locked one', 65, /none was given/, ['show', '--vault', 'locked']],
    ['no such key file', 66, /--key none.pem cannot be read/, ['import', 'b', '--key', 'none.pem', '--vault', 'open']],
    ['a kind that there is not', 64, /Allowed choices/, ['generate', 'b', '--type', 'rsa', '--vault', 'open']],
    ['a key without a public one', 77, /no public key/, ['public', 'mac', '--vault', 'open']],
  ])('with %s exits %i', async (_, code, words, line) => {
    if (line.includes('mac')) await vault(['generate', 'mac', '--type', 'hmac-sha256', '--vault', 'open']);
    const { exit, says } = await vault(line);
    expect([exit, says]).toEqual([code, expect.stringMatching(words)]);
  });

  it('with a wrong passphrase exits 65', async () => {
    const env = { SELVAGE_VAULT_PASSPHRASE: 'battery staple' };
    const { exit, says } = await vault(['show', '--vault', 'locked'], { env });
    expect([exit, says]).toEqual([65, expect.stringContaining('not the one that locks')]);
  });

  it('takes no key that others can read', async () => {
    chmodSync('ca.key.pem', 0o644);
    expect((await vault(['import', 'b', '--key', 'ca.key.pem', '--vault', 'open'])).exit).toBe(77);
  });

  it('with an old copy of its store exits 74, and opens again with the right one', async () => {
    await vault(['generate', 'a', '--vault', 'aged']);
    const old = readFileSync('aged/store');
    await vault(['generate', 'b', '--vault', 'aged']);
    const right = readFileSync('aged/store');
    writeFileSync('aged/store', old);
    const { exit, says } = await vault(['show', '--vault', 'aged']);
    expect([exit, says]).toEqual([74, expect.stringContaining('not the one that was written last')]);
    writeFileSync('aged/store', right);
    expect((await vault(['show', '--vault', 'aged', '--json'])).events()).toMatchObject([
      { keys: [{ label: 'a' }, { label: 'b' }] },
    ]);
    expect(readdirSync('aged').sort()).toEqual(['chip', 'store']);
  });
});
