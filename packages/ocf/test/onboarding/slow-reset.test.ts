import type { Clock, Store } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { Site } from './support/site.js';

/** A store whose disk is slow: each change takes so long, ms. */
function slowStore(store: Store, clock: Clock, time: number): Store {
  return {
    get: (name) => store.get(name),
    names: () => store.names(),
    delete: (name) => store.delete(name),
    put: async (name, value) => {
      await new Promise<void>((resolve) => void clock.wakeAt(clock.now() + time, resolve));
      await store.put(name, value);
    },
  };
}

describe('a hard reset', () => {
  it('is waited for where the disk of the device is slow', async () => {
    const site = new Site('slow reset');
    const store = slowStore(new MemoryStore(), site.clock, 400);
    const { device } = await site.settle(site.device('lamp', { store }));
    const { tool } = await site.tool('tool');
    const [found] = await site.settle(tool.discover({ owned: false }));
    if (found === undefined) throw new RangeError('the lamp was not found');
    const owned = await site.settle(tool.own(found));
    await site.settle(tool.hardReset(owned.device));
    expect(tool.devices()).toEqual([]);
    expect([device.state, device.deviceId === owned.device]).toEqual(['RFOTM', false]);
  });
});
