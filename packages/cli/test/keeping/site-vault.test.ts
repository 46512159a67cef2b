import { toHex } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import { describe, expect, it } from 'vitest';
import { openVault } from '../../src/keeping/kept-vault.js';
import { World } from '../ocf/support/world.js';
import { filesOutsideChips } from './support/files.js';

const world = new World();
const site = world.env['SELVAGE_SITE'] as string;

describe('the vault of a site', () => {
  it('has the key that a command made which was killed before the site was, and goes on with it', async () => {
    const vault = await openVault({ clock: systemClock }, { folder: site, what: 'the site' });
    const policy = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;
    const { publicKey } = await vault.keys.generate(policy, { label: 'authority' });
    await vault.close();
    await world.good('site', '--name', 'Named by nobody else');
    const again = await openVault({ clock: systemClock }, { folder: site, what: 'the site' });
    expect((await again.keys.list()).map((key) => [key.label, toHex(key.publicKey!)])).toEqual([
      ['authority', toHex(publicKey!)],
    ]);
    await again.close();
  });

  it('shows its keys to selvage vault, and nothing of the site to whoever has no chip', async () => {
    const { stdout } = await world.good('vault', 'show', '--vault', `${site}/vault`, '--json');
    expect(stdout).toContain('"authority"');
    const files = filesOutsideChips(site);
    expect([...files.keys()]).toEqual(['vault/store']);
    expect([...files.values()].some((bytes) => bytes.includes('Named by nobody else'))).toBe(false);
    expect((await world.good('site')).stdout).toContain('Named by nobody else');
  });
});
