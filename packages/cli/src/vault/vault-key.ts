import { SelvageError } from '@selvage/core';
import type { KeyPolicy } from '@selvage/crypto';
import type { VaultKeyHandle, VaultKeys } from '@selvage/hardware';
import type { Surface } from '../terminal/surface.js';
import { openVault, withVault } from './open-vault.js';
import { usualVault } from './options.js';

/** A key of the operator's vault, while the vault is open. */
export interface OpenVaultKey {
  readonly keys: VaultKeys;
  readonly handle: VaultKeyHandle;
  /** Ends the vault's process. */
  close(): Promise<void>;
}

const scheme = 'vault:';

/**
 * Opens the key that a reference names, `vault:<label>` or the label alone, in the vault at SELVAGE_VAULT or in
 * `.selvage/vault`.
 * @throws SelvageError `key-not-found`, `file-not-found` where there is no vault, and as {@link openVault}
 */
export async function openVaultKey(surface: Surface, reference: string): Promise<OpenVaultKey> {
  const folder = usualVault(surface);
  const vault = await openVault(surface, { folder, create: false });
  try {
    const handle = await keyOf(vault.keys, labelOf(reference), folder);
    return { keys: vault.keys, handle, close: () => vault.close() };
  } catch (error) {
    await vault.close();
    throw error;
  }
}

/** A new key in that vault, which is made where there is none. @throws SelvageError `invalid-argument` for its label */
export function generateVaultKey(surface: Surface, reference: string, policy: KeyPolicy): Promise<VaultKeyHandle> {
  return withVault(surface, { folder: usualVault(surface), create: true }, ({ keys }) =>
    keys.generate(policy, { label: labelOf(reference) }),
  );
}

/** The key of a label. @throws SelvageError `key-not-found` */
export async function keyOf(keys: VaultKeys, label: string, folder: string): Promise<VaultKeyHandle> {
  const handle = await keys.labelled(label);
  if (handle) return handle;
  throw new SelvageError('key-not-found', `the vault in ${folder} has no key ${JSON.stringify(label.slice(0, 80))}`, {
    remedy: 'selvage vault show lists what it has',
  });
}

function labelOf(reference: string): string {
  return reference.startsWith(scheme) ? reference.slice(scheme.length) : reference;
}
