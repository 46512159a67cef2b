import { bytesEqual } from '../bytes/equal.js';
import { toHex } from '../bytes/hex.js';
import type { Store } from '../ports.js';
import type { TestFunctions } from './harness.js';
import { outcomeOfPromise } from './outcome.js';

/** An empty store, and how to open it again as a new process would. */
export interface StoreHarness {
  readonly store: Store;
  readonly reopen: () => Promise<Store>;
  readonly dispose: () => Promise<void>;
}

const invalidNames = ['', '.', '..', '.hidden', 'a/b', '../a', 'a\\b', 'A', 'ä', 'a b', 'a\0', '-a'];

/** What every {@link Store} must do. */
export function storeSuite(
  { describe, it, expect }: TestFunctions,
  options: {
    readonly name: string;
    readonly create: () => Promise<StoreHarness>;
    /** How long names can be: 128 but for a part of a store. */
    readonly longestName?: number;
  },
): void {
  const longest = 'a'.repeat(options.longestName ?? 128);
  const test = (name: string, body: (store: Store, harness: StoreHarness) => Promise<void>): void => {
    it(name, async () => {
      const harness = await options.create();
      try {
        await body(harness.store, harness);
      } finally {
        await harness.dispose();
      }
    });
  };

  describe(`${options.name}: store contract`, () => {
    test('has nothing at first', async (store) => {
      expect(await store.get('absent')).toBe(undefined);
      expect(await store.names()).toEqual([]);
    });

    test('gives back what was put, an empty value too', async (store) => {
      await store.put('a', new Uint8Array([1, 2]));
      await store.put('empty', new Uint8Array(0));
      expect(await shown(store, 'a')).toBe('0102');
      expect(await shown(store, 'empty')).toBe('');
      expect((await store.names()).sort()).toEqual(['a', 'empty']);
    });

    test('replaces a value, also by a shorter one', async (store) => {
      await store.put('a', new Uint8Array(1000).fill(1));
      await store.put('a', new Uint8Array([2]));
      expect(await shown(store, 'a')).toBe('02');
    });

    test('keeps a large value', async (store) => {
      const large = new Uint8Array(1 << 20).map((_, i) => i % 251);
      await store.put('large', large);
      const kept = await store.get('large');
      expect(kept !== undefined && bytesEqual(kept, large)).toBe(true);
    });

    test('deletes, and does not mind what is not there', async (store) => {
      await store.put('a', new Uint8Array([1]));
      await store.delete('a');
      await store.delete('a');
      expect(await store.get('a')).toBe(undefined);
      expect(await store.names()).toEqual([]);
    });

    test('shares no bytes with its callers', async (store) => {
      const mine = new Uint8Array([1]);
      const putting = store.put('a', mine);
      mine.fill(9);
      await putting;
      (await store.get('a'))?.fill(9);
      expect(await shown(store, 'a')).toBe('01');
    });

    test('does what is asked of one name in the order of the calls', async (store) => {
      const calls: Promise<unknown>[] = [];
      for (let i = 1; i <= 20; i++) calls.push(store.put('a', new Uint8Array(i)));
      const read = store.get('a');
      calls.push(store.delete('a'), store.put('a', new Uint8Array([7])));
      expect((await read)?.length).toBe(20);
      await Promise.all(calls);
      expect(await shown(store, 'a')).toBe('07');
    });

    test('keeps names apart that only sort together', async (store) => {
      for (const name of ['a', 'a.b', 'a-b', 'a_b', '0', longest]) {
        await store.put(name, new TextEncoder().encode(name));
      }
      for (const name of await store.names()) {
        expect(new TextDecoder().decode(await store.get(name))).toBe(name);
      }
      expect((await store.names()).length).toBe(6);
    });

    test('refuses names that are not a-z 0-9 . _ -', async (store) => {
      for (const name of [...invalidNames, `${longest}a`]) {
        const outcomes = await Promise.all(
          [store.get(name), store.put(name, new Uint8Array(1)), store.delete(name)].map(outcomeOfPromise),
        );
        expect({ name, outcomes }).toEqual({ name, outcomes: Array(3).fill('store-name-invalid') });
      }
      expect(await store.names()).toEqual([]);
    });

    test('has everything acknowledged when it is opened again', async (store, harness) => {
      await store.put('kept', new Uint8Array([1]));
      await store.put('replaced', new Uint8Array([2]));
      await store.put('replaced', new Uint8Array([3]));
      await store.put('deleted', new Uint8Array([4]));
      await store.delete('deleted');
      const again = await harness.reopen();
      expect((await again.names()).sort()).toEqual(['kept', 'replaced']);
      expect([await shown(again, 'kept'), await shown(again, 'replaced')]).toEqual(['01', '03']);
    });
  });
}

async function shown(store: Store, name: string): Promise<string | undefined> {
  const value = await store.get(name);
  return value && toHex(value);
}
