import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CborMap, decodeCbor, toHex } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import { VaultProcess } from '@selvage/hardware/node';
import { describe, expect, it } from 'vitest';
import { openVault } from '../../src/keeping/kept-vault.js';
import { scratchFolder } from '../support/scratch.js';
import { filesIn, filesOutsideChips } from './support/files.js';
import { type FormerSite, makeFormerSite } from './support/former.js';
import { killedAt } from './support/killed-at.js';

const file = scratchFolder();
const surface = { clock: systemClock };
const message = Uint8Array.of(1, 2, 3);
const takingOver = fileURLToPath(new URL('support/take-over.mjs', import.meta.url));

/** Opens the folder as commands do, and looks whether all of the former site is there. */
async function expectAll(folder: string, former: FormerSite): Promise<void> {
  const vault = await openVault(surface, { folder, what: 'the site' });
  const keys = await vault.keys.list();
  expect(keys.map(({ algorithm, publicKey }) => [algorithm, publicKey && toHex(publicKey)])).toEqual(
    former.keys.map(({ algorithm, publicKey }) => [algorithm, publicKey && toHex(publicKey)]),
  );
  const mac = await vault.keys.mac({ handle: keys[1]!, message });
  expect(toHex(mac)).toBe(toHex(nativeCore.hmac('sha256', former.symmetric, message)));
  expect((await vault.store.names()).sort()).toEqual(Object.keys(former.values).sort());
  const named = { settings: keys[0]!.id, 'tool.own-identity': keys[2]!.id };
  for (const [name, before] of Object.entries(former.values)) {
    const value = (await vault.store.get(name))!;
    if (name in named) {
      const map = decodeCbor(value) as CborMap;
      expect(map.get('key')).toBe(named[name as keyof typeof named]);
      expect([...map.keys()]).toEqual([...(decodeCbor(before) as CborMap).keys()]);
    } else expect(toHex(value)).toBe(toHex(before));
  }
  await vault.close();
  // A process that was killed while it wrote the claim for a lock may have left that, and nothing in it.
  expect([...filesIn(folder).keys()].filter((path) => !/^(vault\/|lock\.claim-)/.test(path))).toEqual([]);
}

describe('what an earlier version kept in a folder as it was', () => {
  it('is in the vault after the first opening, and nowhere else', async () => {
    const folder = file('site');
    const former = await makeFormerSite(folder);
    const log = filesIn(folder).get('values.log')!;
    expect([log.includes(former.symmetric), log.includes('Former')]).toEqual([true, true]);
    await expectAll(folder, former);
    const outside = [...filesOutsideChips(folder).values()];
    expect(outside.length).toBeGreaterThan(0);
    for (const bytes of outside) {
      expect([bytes.includes(former.symmetric), bytes.includes('Former')]).toEqual([false, false]);
    }
    await expectAll(folder, former);
  });

  it('is taken over by one of two commands that come at once', async () => {
    const folder = file('two');
    const former = await makeFormerSite(folder);
    const open = (): Promise<void> => openVault(surface, { folder, what: 'the site' }).then((vault) => vault.close());
    await Promise.all([open(), open(), open()]);
    await expectAll(folder, former);
  });

  it('counts until the vault is whole and in its place, and not any more from then on', async () => {
    const begun = file('begun');
    const former = await makeFormerSite(begun);
    mkdirSync(join(begun, 'vault.new-abc', 'chip'), { recursive: true });
    writeFileSync(join(begun, 'vault.new-abc', 'chip', 'unique-key'), 'half');
    await expectAll(begun, former);

    const moved = file('moved');
    await makeFormerSite(moved);
    const other = await VaultProcess.start({ folder: join(moved, 'vault.new') });
    await other.store.put('settings', message);
    await other.close();
    renameSync(join(moved, 'vault.new'), join(moved, 'vault'));
    const vault = await openVault(surface, { folder: moved, what: 'the site' });
    expect(await vault.store.names()).toEqual(['settings']);
    await vault.close();
    expect(existsSync(join(moved, 'values.log'))).toBe(false);
  });

  it('is all there for the next command when SIGKILL ends one at any change of the folder', async () => {
    const ends: string[] = [];
    for (let changes = 1; ends.at(-1) !== 'alive'; changes += 1 + Math.floor(changes / 4)) {
      const folder = file(`killed-${changes}`);
      const former = await makeFormerSite(folder);
      ends.push(await killedAt(folder, changes, [takingOver, folder]));
      await expectAll(folder, former);
    }
    expect(ends.filter((end) => end === 'SIGKILL').length).toBeGreaterThanOrEqual(5);
  });
});
