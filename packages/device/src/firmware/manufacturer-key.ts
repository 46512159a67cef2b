import { bytesEqual } from '@selvage/core';
import type { KeyHandle, KeyHome } from '@selvage/crypto';
import type { ManufacturerCredentials } from '@selvage/ocf';
import { readCertificate } from '@selvage/pki';

/**
 * The certificates that a device was made with, and their key among those that it may use; `undefined` where it was made
 * without, or the key is not there. @throws SelvageError as the home, `bad-certificate`
 */
export async function manufacturerCredentials(
  keys: KeyHome,
  chain: readonly Uint8Array[] = [],
): Promise<ManufacturerCredentials | undefined> {
  const [own] = chain;
  if (own === undefined) return undefined;
  const { publicKey } = readCertificate(own);
  for (const key of await keys.list()) if (await isThat(keys, key, publicKey?.publicKey)) return { chain, key };
  return undefined;
}

async function isThat(keys: KeyHome, key: KeyHandle, publicKey: Uint8Array | undefined): Promise<boolean> {
  if (key.algorithm !== 'ecdsa-p256' || publicKey === undefined) return false;
  return bytesEqual(publicKey, key.publicKey ?? (await keys.publicKey(key)));
}
