import type { Store } from '@selvage/core';
import { SeededRandom, VirtualClock } from '@selvage/core/virtual';
import { storeSuite } from '@selvage/core/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { Flash } from '../../src/world/flash.js';
import { WorkWatch } from '../../src/world/work-watch.js';

const [name, writeTime] = ['a', 2] as const;
const bytes = (value: number): Uint8Array => Uint8Array.of(value);

describe('a flash', () => {
  let clock: VirtualClock;
  let watch: WorkWatch;
  let flash: Flash;
  const settle = async (milliseconds: number): Promise<void> => {
    await watch.settle();
    clock.advance(milliseconds);
    await watch.settle();
  };

  const make = (seed: number): void => {
    clock = new VirtualClock();
    watch = new WorkWatch();
    flash = new Flash({ clock, watch, random: new SeededRandom(seed), writeTime });
  };
  beforeEach(() => make(1));

  it('writes one after the other, each in its time', async () => {
    const store = flash.open();
    const order: string[] = [];
    void store.put(name, bytes(1)).then(() => order.push(`first at ${clock.now()}`));
    void store.put(name, bytes(2)).then(() => order.push(`second at ${clock.now()}`));
    await settle(writeTime);
    expect(order).toEqual(['first at 2']);
    await settle(writeTime);
    expect(order).toEqual(['first at 2', 'second at 4']);
    expect(await store.get(name)).toEqual(bytes(2));
  });

  it('loses at a power cut what waits, and leaves of the write under way the old value or the new one', async () => {
    const found = new Set<number | undefined>();
    for (let seed = 0; seed < 20; seed++) {
      make(seed);
      const store = flash.open();
      void store.put(name, bytes(1));
      await settle(writeTime);
      const outcomes = Promise.allSettled([store.put(name, bytes(2)), store.put(name, bytes(3))]);
      await watch.settle();
      flash.cutPower();
      expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      found.add((await flash.open().get(name))?.[0]);
    }
    expect(found).toEqual(new Set([1, 2]));
  });

  it('has finished what was begun where the node stops and the power stays', async () => {
    const store = flash.open();
    const outcomes = Promise.allSettled([store.put(name, bytes(1)), store.put(name, bytes(2))]);
    await watch.settle();
    flash.close();
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await flash.open().get(name)).toEqual(bytes(2));
  });

  it('gives a node of before a restart nothing any more', async () => {
    const old = flash.open();
    flash.close();
    const store = flash.open();
    await expect(old.put(name, bytes(1))).rejects.toMatchObject({ code: 'store-failed' });
    await expect(old.get(name)).rejects.toMatchObject({ code: 'store-failed' });
    expect(await store.names()).toEqual([]);
  });
});

storeSuite(
  { describe, it, expect },
  {
    name: 'a flash',
    create: async () => {
      // A clock that is always due: the suite lets no virtual time pass.
      const due = {
        now: () => 0,
        wallTime: () => 0,
        wakeAt: (_at: number, callback: () => void) => {
          queueMicrotask(callback);
          return { cancel: () => undefined };
        },
      };
      const medium = new Flash({ clock: due, watch: new WorkWatch(), random: new SeededRandom(1), writeTime });
      const reopen = async (): Promise<Store> => medium.open();
      return { store: medium.open(), reopen, dispose: async () => medium.close() };
    },
  },
);
