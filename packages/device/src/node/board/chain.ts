import { decodeCbor, encodeCbor, SelvageError, type Store } from '@selvage/core';
import { bytes, listOf } from '@selvage/ocf';

const chainType = listOf(bytes(), { minimum: 1 });

/** Keeps certificates that a device is made with. @throws SelvageError `store-failed` */
export function writeChain(store: Store, name: string, chain: readonly Uint8Array[]): Promise<void> {
  return store.put(name, encodeCbor(chainType.write(chain)));
}

/** Certificates that the device was made with; `undefined` where it has none of that name. @throws SelvageError `store-failed` */
export async function readChain(store: Store, name: string): Promise<readonly Uint8Array[] | undefined> {
  const value = await store.get(name);
  if (value === undefined) return undefined;
  try {
    return chainType.read(decodeCbor(value));
  } catch (cause) {
    throw new SelvageError('store-failed', `what is kept as ${name} is no chain of certificates`, { cause });
  }
}
