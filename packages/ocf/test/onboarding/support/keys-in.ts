import { decodeCbor } from '@selvage/core';
import type { MemoryStore } from '@selvage/core/virtual';

/** The symmetric keys in a device's store, by subject. */
export async function keysIn(store: MemoryStore): Promise<Map<string, Uint8Array>> {
  const keys = new Map<string, Uint8Array>();
  const visit = (value: unknown): void => {
    if (value instanceof Map) {
      const [subject, key] = [value.get('subjectuuid') as unknown, value.get('key') as unknown];
      if (typeof subject === 'string' && key instanceof Uint8Array && key.length > 0) keys.set(subject, key);
      for (const item of value.values()) visit(item);
    } else if (Array.isArray(value)) {
      for (const item of value) visit(item);
    }
  };
  for (const name of await store.names()) {
    try {
      visit(decodeCbor((await store.get(name)) ?? new Uint8Array(0)));
    } catch {
      // Not everything in the store is CBOR.
    }
  }
  return keys;
}
