/** A vault on a disk that is really full: a small file system of its own, in a mount namespace of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const mountPoint = mkdtempSync(join(tmpdir(), 'selvage-full-'));
afterAll(() => rmSync(mountPoint, { recursive: true }));

const built = fileURLToPath(new URL('../../dist/node/index.js', import.meta.url));
const canMount =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', mountPoint], { stdio: 'ignore' }).status === 0;

const script = `
  import { openSync, writeSync, closeSync, rmSync } from 'node:fs';
  const { VaultProcess } = await import(${JSON.stringify(built)});
  const [folder, filler] = ['vault', 'filler'].map((name) => ${JSON.stringify(mountPoint)} + '/' + name);
  const value = (byte) => new Uint8Array(1000).fill(byte);
  const vault = await VaultProcess.start({ folder });
  const handle = await vault.keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] }, { label: 'a' });
  const file = openSync(filler, 'w');
  const full = (() => { try { for (;;) writeSync(file, new Uint8Array(4096)); } catch (error) { return error.code; } })();
  closeSync(file);
  let [last, refused, others] = [0, 0, 0];
  for (let i = 1; i <= 250; i++) {
    await vault.store.put('x', value(i)).then(() => { last = i; }, ({ code }) => code === 'store-failed' ? refused++ : others++);
  }
  const kept = (await vault.store.get('x'))[0] === last;
  const signed = (await vault.keys.sign({ handle, hash: 'sha256', message: value(1) })).length > 60;
  rmSync(filler);
  await vault.store.put('y', value(1));
  await vault.close();
  const again = await VaultProcess.start({ folder, create: false });
  const after = [(await again.store.get('x'))[0] === last, await again.store.names(), (await again.keys.list()).length];
  await again.close();
  console.log(JSON.stringify({ full, refused: refused > 50, others, kept, signed, after }));
`;

describe.skipIf(!canMount)('a vault on a full disk', () => {
  it('refuses what it cannot keep, signs on, and keeps what is asked of it when there is room', () => {
    const mounted = `mount -t tmpfs -o size=400k none "$1" && exec "$2" --input-type=module -e "$3"`;
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['-rm', 'sh', '-c', mounted, 'sh', mountPoint, process.execPath, script],
      { encoding: 'utf8' },
    );
    expect({ stderr, ...(JSON.parse(stdout || '{}') as object) }).toEqual({
      stderr: '',
      full: 'ENOSPC',
      refused: true,
      others: 0,
      kept: true,
      signed: true,
      after: [true, ['x', 'y'], 1],
    });
  });
});
