import { prefixedStore, type Store } from '@selvage/core';
import { outcomeOf, storeSuite } from '@selvage/core/testing';
import { MemoryStore } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';

const prefix = 'device-7.';

storeSuite(
  { describe, it, expect },
  {
    name: 'prefixedStore',
    longestName: 128 - prefix.length,
    create: () => {
      const whole = new MemoryStore([
        ['device-8.a', new Uint8Array(1)],
        ['device-7', new Uint8Array(1)],
      ]);
      const reopen = (): Promise<Store> => {
        whole.cutPower();
        whole.powerOn();
        return Promise.resolve(prefixedStore(whole, prefix));
      };
      return Promise.resolve({ store: prefixedStore(whole, prefix), reopen, dispose: () => Promise.resolve() });
    },
  },
);

describe('prefixedStore', () => {
  it('touches no name outside its part', async () => {
    const whole = new MemoryStore([['b.key', Uint8Array.of(1)]]);
    const part = prefixedStore(whole, 'a.');
    await part.put('key', Uint8Array.of(2));
    expect(await whole.names()).toEqual(['a.key', 'b.key']);
    await part.delete('key');
    await part.delete('b.key');
    expect([await whole.names(), await whole.get('b.key')]).toEqual([['b.key'], Uint8Array.of(1)]);
  });

  it('can be a part of a part', async () => {
    const whole = new MemoryStore();
    await prefixedStore(prefixedStore(whole, 'site.'), 'device.').put('a', new Uint8Array(1));
    expect(await whole.names()).toEqual(['site.device.a']);
  });

  it.each(['.', 'A', 'a/', 'a'.repeat(128)])('refuses %j as a prefix', (wrong) => {
    expect(outcomeOf(() => prefixedStore(new MemoryStore(), wrong))).toBe('store-name-invalid');
  });
});
