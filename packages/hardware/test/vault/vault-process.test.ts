import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Secret, toHex } from '@selvage/core';
import { outcomeOfPromise, storeSuite } from '@selvage/core/testing';
import { eventLoopTurn } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { VaultProcess, type VaultProcessOptions } from '@selvage/hardware/node';
import { afterAll, describe, expect, it } from 'vitest';
import { keyHomeSuite } from '../../../crypto/test/contract/key-home.js';

const policy = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;
const message = new TextEncoder().encode('message');
const root = await mkdtemp(join(tmpdir(), 'selvage-vault-'));
let folders = 0;
const newFolder = (): string => join(root, String(folders++));
const built = fileURLToPath(new URL('../../dist/node/index.js', import.meta.url));
const running = new Set<VaultProcess>();

async function start(options: VaultProcessOptions): Promise<VaultProcess> {
  const process = await VaultProcess.start(options);
  running.add(process);
  void process.ended.then(() => running.delete(process));
  return process;
}

afterAll(async () => {
  await Promise.all([...running].map((process) => process.close()));
  await rm(root, { recursive: true });
});

// One process serves the whole suite: each test has a home of its own, which is a client erased of all it had.
const shared = await start({ folder: newFolder() });
keyHomeSuite(
  {
    describe,
    // What makes a home fail its entropy cannot reach into another process.
    it: (name, body) => (name.includes('when entropy fails') ? undefined : it(name, body)),
    expect,
  },
  {
    name: 'a vault in a process of its own',
    create: async () => (await shared.vault.erase(), shared.keys),
    createFailing: async () => shared.keys,
    core: nativeCore,
  },
);

storeSuite(
  { describe, it, expect },
  {
    name: 'the sealed store of a vault in a process of its own',
    create: async () => {
      const folder = newFolder();
      let process = await start({ folder });
      const reopen = async () => {
        await process.close();
        process = await start({ folder });
        return process.store;
      };
      return { store: process.store, reopen, dispose: () => process.close() };
    },
  },
);

describe('VaultProcess', () => {
  it('has its keys again after it was closed, under their labels', async () => {
    const folder = newFolder();
    const before = await start({ folder });
    const made = await before.keys.generate(policy, { label: 'site-ca' });
    await before.close();
    const after = await start({ folder, create: false });
    const found = await after.keys.labelled('site-ca');
    expect(found).toEqual(made);
    const signature = await after.keys.sign({ handle: made, hash: 'sha256', message });
    expect(nativeCore.p256.verify(made.publicKey!, 'sha256', message, signature)).toBe(true);
    await after.close();
  });

  it('opens with its passphrase, and with no other', async () => {
    const [folder, unlock] = [newFolder(), Secret.text('correct horse')];
    const process = await start({ folder, unlock, iterations: 1000 });
    await process.keys.generate(policy);
    await process.close();
    expect(await outcomeOfPromise(start({ folder }))).toBe('invalid-key');
    expect(await outcomeOfPromise(start({ folder, unlock: Secret.text('battery staple') }))).toBe('invalid-key');
    const again = await start({ folder, unlock });
    expect((await again.keys.list()).length).toBe(1);
    await again.close();
    expect(await outcomeOfPromise(start({ folder: newFolder(), unlock: Secret.text('short') }))).toBe(
      'invalid-argument',
    );
  });

  it('makes no vault where it is told not to', async () => {
    const folder = newFolder();
    expect(await outcomeOfPromise(start({ folder, create: false }))).toBe('file-not-found');
    expect(await outcomeOfPromise(stat(folder))).not.toBe('returned');
  });

  it('has its folder for itself', async () => {
    const folder = newFolder();
    const first = await start({ folder });
    expect(await outcomeOfPromise(start({ folder }))).toBe('store-in-use');
    await first.close();
    const second = await start({ folder });
    await second.close();
  });

  it('leaves no key, value or name in clear outside chip, and nothing there for others to read', async () => {
    const folder = newFolder();
    const process = await start({ folder, unlock: Secret.text('correct horse'), iterations: 1000 });
    const scalar = new Uint8Array(32).fill(0x5a);
    await process.keys.importKey(policy, Secret.of(scalar), { label: 'legible-label' });
    await process.store.put('legible-name', new TextEncoder().encode('legible value'));
    await process.close();
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name).sort()).toEqual(['counter', 'store', 'unique-key']);
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name);
      const content = await readFile(path);
      expect([toHex(scalar), 'legible'].filter((text) => content.includes(Buffer.from(text)))).toEqual([]);
      expect(content.includes(Buffer.from(scalar))).toBe(false);
      expect((await stat(path)).mode & 0o77).toBe(0);
    }
  });

  it('ends with the process that started it, however that one ends', async () => {
    const folder = newFolder();
    const starter = `
      const { VaultProcess } = await import(${JSON.stringify(built)});
      const { pid } = await VaultProcess.start({ folder: ${JSON.stringify(folder)} });
      console.log(pid);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', starter], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) =>
      child.stdout.on('data', (text: Buffer) => resolve(Number(text))),
    );
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    while (isAlive(pid)) await eventLoopTurn();
    const again = await start({ folder, create: false });
    await again.close();
  });

  it('fails what is asked of it when it is killed', async () => {
    const vault = await start({ folder: newFolder() });
    const handle = await vault.keys.generate(policy);
    process.kill(vault.pid, 'SIGKILL');
    await vault.ended;
    expect(await outcomeOfPromise(vault.keys.sign({ handle, hash: 'sha256', message }))).toBe('key-operation-failed');
    expect(await outcomeOfPromise(vault.store.put('a', message))).toBe('store-failed');
  });
});

/** Whether there is such a process, and it is no zombie that nobody has waited for. */
function isAlive(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}
