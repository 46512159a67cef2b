/** Authorities whose key an earlier version kept in a file. */
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesIn, filesOutsideChips } from '../keeping/support/files.js';
import { killedAt } from '../keeping/support/killed-at.js';
import { makeFormerAuthority } from '../keeping/support/former.js';
import { builtMain } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';
import { ca, caWith, good, passphrase } from './authority.js';

const file = scratchFolder();

describe('a key in a file', () => {
  it('is in the vault after the first command that uses it, under the same passphrase', async () => {
    const folder = file('former');
    const key = await makeFormerAuthority(folder, passphrase);
    expect((await good('show', '--ca', folder)).stdout).toContain('Former CA');
    expect(existsSync(join(folder, 'key.pem'))).toBe(true);
    await good('revoke', '--ca', folder);
    expect(readdirSync(folder).filter((name) => /key|new/.test(name))).toEqual([]);
    for (const bytes of filesIn(folder).values()) expect(bytes.includes(key)).toBe(false);
    expect(filesOutsideChips(folder).size).toBeGreaterThan(2);
    const wrong = await caWith({ env: { SELVAGE_CA_PASSPHRASE: 'incorrect horse' } }, 'revoke', '--ca', folder);
    expect(wrong.exit).toBe(65);
    await good('revoke', '--ca', folder);
  });

  it('stays where it is for whoever does not know its passphrase', async () => {
    const folder = file('unknown');
    await makeFormerAuthority(folder, passphrase);
    const before = readFileSync(join(folder, 'key.pem'));
    const wrong = await caWith({ env: { SELVAGE_CA_PASSPHRASE: 'incorrect horse' } }, 'revoke', '--ca', folder);
    expect([wrong.exit, wrong.says.includes('key.pem does not open')]).toEqual([65, true]);
    expect([readFileSync(join(folder, 'key.pem')), existsSync(join(folder, 'vault'))]).toEqual([before, false]);
  });

  it('is taken over anew when that was broken off, and removed when only that is missing', async () => {
    const folder = file('broken-off');
    await makeFormerAuthority(folder, passphrase);
    const old = join(folder, 'key.pem');
    copyFileSync(old, file('kept.pem'));
    writeFileSync(join(folder, 'vault.new-abc'), 'not a vault yet');
    await good('revoke', '--ca', folder);
    const kept = readFileSync(file('kept.pem'));
    // It is overwritten before it is removed.
    for (const left of [kept, new Uint8Array(kept.length)]) {
      writeFileSync(old, left, { mode: 0o600 });
      await good('revoke', '--ca', folder);
      expect(existsSync(old)).toBe(false);
    }
  });

  it('that is another one than the vault has is somebody’s, and stays', async () => {
    const [folder, other] = [file('own'), file('other')];
    await makeFormerAuthority(folder, passphrase);
    await makeFormerAuthority(other, passphrase, 'Other CA');
    await good('revoke', '--ca', folder);
    copyFileSync(join(other, 'key.pem'), join(folder, 'key.pem'));
    await good('revoke', '--ca', folder);
    expect(readFileSync(join(folder, 'key.pem'))).toEqual(readFileSync(join(other, 'key.pem')));
    expect((await ca('show', '--ca', folder)).stdout).toContain('Former CA');
  });

  it('is in its file or in the vault when SIGKILL ends the command that takes it over, at any change', async () => {
    const ends: string[] = [];
    for (let changes = 1; ends.at(-1) !== 'alive'; changes += 1 + Math.floor(changes / 3)) {
      const folder = file(`killed-${changes}`);
      await makeFormerAuthority(folder, passphrase);
      const env = { ...process.env, SELVAGE_CA_PASSPHRASE: passphrase };
      ends.push(await killedAt(folder, changes, [builtMain, 'ca', 'revoke', '--ca', folder], env));
      await good('revoke', '--ca', folder);
      // The vault of a command that was killed a moment ago may still be about to end.
      const names = readdirSync(folder).filter((name) => !name.startsWith('vault.new-'));
      expect(names.sort()).toEqual(['certificate.pem', 'list-number', 'list.pem', 'vault']);
    }
    expect(ends.filter((end) => end === 'SIGKILL').length).toBeGreaterThanOrEqual(5);
  });
});
