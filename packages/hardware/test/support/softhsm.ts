import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeUnless } from '../../../core/test/support/described-with.js';

/** Debian's places of SoftHSM's library. */
const libraries = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so'];

const softHsm = libraries.find((file) => existsSync(file));

/** Tests against SoftHSM: skipped where it cannot be used, and failing where the continuous integration should have it. */
export function describeSoftHsm(title: string, tests: (library: string) => void): void {
  const missing = softHsm === undefined ? 'SoftHSM not found: apt-get install softhsm2' : missingBinding();
  describeUnless(missing, title, () => {
    if (softHsm !== undefined) tests(softHsm);
    else it('waits for it', () => undefined);
  });
}

function missingBinding(): string | undefined {
  try {
    createRequire(import.meta.url).resolve('pkcs11js');
    return undefined;
  } catch {
    return 'pkcs11js not found: npm ci where a C++ compiler, make and Python 3 are';
  }
}

/** Tokens of one test file, in a folder that goes with it. */
export interface SoftTokens {
  readonly folder: string;
  /** The environment in which other programs see the same tokens. */
  readonly env: NodeJS.ProcessEnv;
  /** Makes a token before the library is used for the first time. */
  make(label: string, pin: string): void;
}

/** Sets SOFTHSM2_CONF for this process: the library reads it when it is initialised. */
export function softTokens(): SoftTokens {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-softhsm-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'softhsm2.conf');
  mkdirSync(join(folder, 'tokens'));
  writeFileSync(
    file,
    `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  process.env['SOFTHSM2_CONF'] = file;
  const env = { ...process.env, SOFTHSM2_CONF: file };
  return {
    folder,
    env,
    make: (label, pin) => {
      const words = ['--init-token', '--free', '--label', label, '--pin', pin, '--so-pin', 'security officer'];
      const { status, stderr } = spawnSync('softhsm2-util', words, { env, encoding: 'utf8' });
      if (status !== 0) expect.fail(`softhsm2-util: ${stderr}`);
    },
  };
}
