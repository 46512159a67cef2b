/** Authorities whose key an earlier version kept in a file. */
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesIn, filesOutsideChips } from '../keeping/support/files.js';
import { makeFormerAuthority } from '../keeping/support/former.js';
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
    copyFileSync(file('kept.pem'), old);
    await good('revoke', '--ca', folder);
    expect(existsSync(old)).toBe(false);
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
});
