import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DirectoryLock, lockDirectory, nodeFileSystem, systemProcesses } from '@selvage/core/node';
import { VaultProcess } from '@selvage/hardware/node';
import type { Surface } from '../terminal/surface.js';
import { hasFormerStore, removeFormerStore, takeOver } from './former-store.js';
import { sweepAttempts } from './new-vault.js';
import { whenFree } from './when-free.js';

/** The part of an open vault that its operator works with. */
export type OpenVault = Pick<VaultProcess, 'keys' | 'store' | 'close'>;

/** What is opened, and whose it is. */
export interface KeptVault {
  /** The operator's folder, which holds the vault. */
  readonly folder: string;
  /** As in "the site". */
  readonly what: string;
  /** How long whoever works with it is waited for, ms; as for a command that changes something where it is left out. */
  readonly patience?: number | undefined;
}

/** Where in an operator's folder the vault is: its chip, and the store that is sealed for it. */
export function vaultIn(folder: string): string {
  return join(folder, 'vault');
}

/**
 * Opens the vault of an operator, or makes one, when the command that has it open has ended. What an earlier version kept
 * in the folder as it was is taken into the vault first; killed at any moment, the next opening has all of it.
 * @throws SelvageError `store-in-use` where another command does not end soon, `store-failed`, `store-rolled-back`
 */
export function openVault(surface: Pick<Surface, 'clock'>, { folder, what, patience }: KeptVault): Promise<OpenVault> {
  const open = async (): Promise<OpenVault> => {
    const path = vaultIn(folder);
    if (!existsSync(path) && hasFormerStore(folder)) await takeOver(folder, path);
    await nodeFileSystem.makeDirectory(folder);
    const lock = await lockDirectory(folder, nodeFileSystem, systemProcesses);
    try {
      const vault = await VaultProcess.start({ folder: path });
      // It has all that was there.
      await removeFormerStore(folder);
      await sweepAttempts(path);
      return lockedVault(vault, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  };
  return whenFree(surface, folder, what, open, patience);
}

/** The lock names the command that works with the folder; the vault's own process has one of its own. */
function lockedVault(vault: VaultProcess, lock: DirectoryLock): OpenVault {
  return {
    keys: vault.keys,
    store: vault.store,
    close: async () => {
      await vault.close();
      await lock.release();
    },
  };
}
