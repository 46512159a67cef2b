import { systemClock } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { openVault } from '../../src/keeping/kept-vault.js';
import { ReleasableVault } from '../../src/keeping/releasable-vault.js';
import { scratchFolder } from '../support/scratch.js';

const file = scratchFolder();
const message = Uint8Array.of(1);
const opening = (folder: string): Promise<Awaited<ReturnType<typeof openVault>>> =>
  openVault({ clock: systemClock }, { folder, what: 'the site' });

describe('a vault that was given back', () => {
  it('is open to others, and signs all the same, many at once', async () => {
    const folder = file('signs');
    let openings = 0;
    const vault = await ReleasableVault.open(() => {
      openings++;
      return opening(folder);
    });
    const handle = await vault.keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
    await vault.close();
    const sign = (): Promise<Uint8Array> => vault.keys.sign({ handle, hash: 'sha256', message });
    const signatures = await Promise.all([sign(), sign(), sign()]);
    for (const signature of signatures) {
      expect(nativeCore.p256.verify(handle.publicKey!, 'sha256', message, signature)).toBe(true);
    }
    expect(openings).toBe(2);
    const other = await opening(folder);
    const waits = sign();
    await other.close();
    expect(nativeCore.p256.verify(handle.publicKey!, 'sha256', message, await waits)).toBe(true);
    await vault.close();
    await (await opening(folder)).close();
  });

  it('changes nothing of what others may have changed since', async () => {
    const folder = file('drops');
    const vault = await ReleasableVault.open(() => opening(folder));
    await vault.store.put('a', message);
    await vault.close();
    await vault.store.put('a', new Uint8Array(2));
    await vault.store.delete('a');
    expect([await vault.store.get('a'), await vault.store.names()]).toEqual([undefined, []]);
    const again = await opening(folder);
    expect(await again.store.get('a')).toEqual(message);
    await again.close();
  });
});
