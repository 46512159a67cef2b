import type { Store } from '../ports.js';
import { checkStoreName } from './name.js';

/**
 * A part of a store as a store of its own: it sees the names that start with `prefix`, without it. Its names are as much
 * shorter as the prefix is long. No prefix of one part may start that of another: end each with a full stop.
 * @throws SelvageError `store-name-invalid` for a prefix that no name can have
 */
export function prefixedStore(store: Store, prefix: string): Store {
  checkStoreName(`${prefix}0`);
  const whole = (name: string): string => {
    checkStoreName(name);
    return prefix + name;
  };
  return {
    get: async (name) => store.get(whole(name)),
    put: async (name, value) => store.put(whole(name), value),
    delete: async (name) => store.delete(whole(name)),
    names: async () => {
      const names = await store.names();
      return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    },
  };
}
