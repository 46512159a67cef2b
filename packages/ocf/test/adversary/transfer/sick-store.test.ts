/** A device whose store fails while it runs on: it says so, and what it says must not be taken for more than it is. */
import { type PeerAddress, SelvageError, type Store } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { type FoundDevice, nilUuid } from '../../../src/index.js';
import { Site, type SiteDevice, type SiteTool } from '../../onboarding/support/site.js';

/** From its n-th write on it fails; the first of them may have been done all the same. */
class SickStore implements Store {
  readonly medium = new MemoryStore();
  writes = 0;
  failsAt = Number.POSITIVE_INFINITY;
  leaves: 'old' | 'new' = 'old';

  get(name: string): Promise<Uint8Array | undefined> {
    return this.medium.get(name);
  }

  put(name: string, value: Uint8Array): Promise<void> {
    return this.#write(() => this.medium.put(name, value));
  }

  delete(name: string): Promise<void> {
    return this.#write(() => this.medium.delete(name));
  }

  names(): Promise<string[]> {
    return this.medium.names();
  }

  async #write(work: () => Promise<void>): Promise<void> {
    const at = this.writes++;
    if (at < this.failsAt || (at === this.failsAt && this.leaves === 'new')) await work();
    if (at >= this.failsAt) throw new SelvageError('store-failed', 'the medium is worn out');
  }
}

async function siteOf(seed: string) {
  const site = new Site(seed);
  const store = new SickStore();
  const keys = new LocalKeyHome({ core: nativeCore, entropy: site.entropy('lamp keys') });
  const lamp = await site.device('lamp', { store, keys });
  const tool = await site.tool('tool');
  const [found] = await site.unowned(tool);
  store.writes = 0;
  return { site, store, keys, lamp, tool, found: found as FoundDevice<PeerAddress> };
}

/** Both agree on who owns the device, and if nobody does, it can be owned. */
async function expectWhole(site: Site, { device }: SiteDevice, { tool, memory }: SiteTool): Promise<void> {
  for (let turn = 0; turn < 3 && tool.unfinished().length > 0; turn++) {
    await site.settle(tool.resume());
    if (tool.unfinished().length > 0) await site.pass(65_000);
  }
  expect(tool.unfinished()).toEqual([]);
  const owner = tool.devices().length > 0 ? memory.uuid : nilUuid;
  expect([device.state, device.owner]).toEqual([owner === nilUuid ? 'RFOTM' : 'RFNOP', owner]);
  if (owner !== nilUuid) return;
  const [found] = await site.settle(tool.discover({ owned: false }));
  await site.settle(tool.own(found as FoundDevice<PeerAddress>));
  expect(device.owner).toBe(memory.uuid);
}

async function writesOfATransfer(): Promise<number> {
  const { site, store, tool, found } = await siteOf('sound');
  await site.settle(tool.tool.own(found));
  return store.writes;
}

describe('an ownership transfer with a device whose store fails', async () => {
  const writes = await writesOfATransfer();
  const failures = Array.from({ length: writes }, (_, at) => at).flatMap((at) =>
    (['old', 'new'] as const).map((leaves) => ({ at, leaves })),
  );

  it.each(failures)(
    'at write $at, which left the $leaves state, ends whole when the device is started again',
    async ({ at, leaves }) => {
      const { site, store, keys, lamp, tool, found } = await siteOf(`sick ${at} ${leaves}`);
      Object.assign(store, { failsAt: at, leaves });
      const outcome = await site.settle(tool.tool.own(found).catch((error: unknown) => error));
      expect(outcome).toBeInstanceOf(SelvageError);
      lamp.device.close().catch(() => undefined);
      await site.pass(100);
      const again = await site.device('lamp', { store: store.medium, keys, entropy: site.entropy('again') });
      await expectWhole(site, again, tool);
    },
  );

  it.each(failures)(
    'at write $at, which left the $leaves state, ends whole when the store is well again',
    async ({ at, leaves }) => {
      const { site, store, lamp, tool, found } = await siteOf(`well ${at} ${leaves}`);
      Object.assign(store, { failsAt: at, leaves });
      void tool.tool.own(found).catch(() => undefined);
      await site.pass(5000);
      store.failsAt = Number.POSITIVE_INFINITY;
      await site.pass(65_000);
      await expectWhole(site, lamp, tool);
    },
  );
});
