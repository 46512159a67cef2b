import { describe, expect, it } from 'vitest';
import { outcomeOf, outcomeOfPromise, storeSuite } from '@selvage/core/testing';
import { MemoryStore } from '@selvage/core/virtual';

storeSuite(
  { describe, it, expect },
  {
    name: 'MemoryStore',
    create: () => {
      const store = new MemoryStore();
      const reopen = (): Promise<MemoryStore> => {
        store.cutPower();
        store.powerOn();
        return Promise.resolve(store);
      };
      return Promise.resolve({ store, reopen, dispose: () => Promise.resolve() });
    },
  },
);

describe('a power cut of MemoryStore', () => {
  it.each(['old', 'new'] as const)('during a put leaves the %s value, and fails the put', async (outcome) => {
    const store = new MemoryStore([['a', new Uint8Array([1])]]);
    store.cutPowerDuring(0, outcome);
    expect(await outcomeOfPromise(store.put('a', new Uint8Array([2])))).toBe('store-failed');
    store.powerOn();
    expect(await store.get('a')).toEqual(new Uint8Array([outcome === 'old' ? 1 : 2]));
  });

  it.each(['old', 'new'] as const)('during a delete leaves the %s state', async (outcome) => {
    const store = new MemoryStore([['a', new Uint8Array([1])]]);
    store.cutPowerDuring(0, outcome);
    expect(await outcomeOfPromise(store.delete('a'))).toBe('store-failed');
    store.powerOn();
    expect(await store.names()).toEqual(outcome === 'old' ? ['a'] : []);
  });

  it('comes at the write it was planned for, counted from now', async () => {
    const store = new MemoryStore();
    await store.put('a', new Uint8Array([0]));
    store.cutPowerDuring(2, 'old');
    const outcomes = [];
    for (let i = 1; i <= 4; i++) outcomes.push(await outcomeOfPromise(store.put('a', new Uint8Array([i]))));
    expect(outcomes).toEqual(['returned', 'returned', 'store-failed', 'store-failed']);
    store.powerOn();
    expect([await store.get('a'), store.writes]).toEqual([new Uint8Array([2]), 4]);
  });

  it('fails everything until the power is back', async () => {
    const store = new MemoryStore();
    store.cutPower();
    const calls = [store.get('a'), store.put('a', new Uint8Array(1)), store.delete('a'), store.names()];
    expect(await Promise.all(calls.map(outcomeOfPromise))).toEqual(Array(4).fill('store-failed'));
    store.powerOn();
    expect(await store.names()).toEqual([]);
  });

  it('loses a write that was under way, also when the power is back before it would have ended', async () => {
    const store = new MemoryStore();
    const outcome = outcomeOfPromise(store.put('a', new Uint8Array(1)));
    store.cutPower();
    store.powerOn();
    expect([await outcome, await store.get('a')]).toEqual(['store-failed', undefined]);
  });

  it('starts with given values, of valid names', () => {
    expect(outcomeOf(() => new MemoryStore([['No', new Uint8Array(1)]]))).toBe('store-name-invalid');
  });
});
