import { type Secret, SelvageError } from '@selvage/core';
import { VaultProcess } from '@selvage/hardware/node';
import { readPassphrase } from '../ca/passphrase.js';
import { Questions } from '../terminal/question.js';
import type { Surface } from '../terminal/surface.js';
import { passphraseVariable } from './options.js';

/** Which vault is opened, and whether it may be made. */
export interface VaultOpening {
  readonly folder: string;
  /** A file whose first line is the passphrase. */
  readonly passphraseFile?: string | undefined;
  /** Whether it is made where there is none. */
  readonly create: boolean;
}

/**
 * Opens the operator's vault in a process of its own, which has to be closed. Where it is locked, and no passphrase was
 * given, the person at the terminal is asked.
 * @throws SelvageError as {@link VaultProcess.start}
 */
export async function openVault(surface: Surface, opening: VaultOpening): Promise<VaultProcess> {
  const { folder, create } = opening;
  const given = givenPassphrase(surface, opening);
  try {
    return await VaultProcess.start({ folder, create, unlock: given });
  } catch (error) {
    const isLocked = error instanceof SelvageError && error.code === 'invalid-key';
    if (!isLocked || given !== undefined || !surface.canAsk) throw error;
    const unlock = await askedPassphrase(surface, folder);
    try {
      return await VaultProcess.start({ folder, create: false, unlock });
    } finally {
      unlock.dispose();
    }
  } finally {
    given?.dispose();
  }
}

/** Opens the vault for some work, and closes it whatever becomes of that. */
export async function withVault<T>(
  surface: Surface,
  opening: VaultOpening,
  work: (vault: VaultProcess) => Promise<T>,
): Promise<T> {
  const vault = await openVault(surface, opening);
  try {
    return await work(vault);
  } finally {
    await vault.close();
  }
}

function givenPassphrase({ env }: Surface, { passphraseFile: file }: VaultOpening): Secret | undefined {
  const value = env[passphraseVariable];
  if (file === undefined && (value === undefined || value === '')) return undefined;
  return readPassphrase({ option: '--passphrase-file', file, variable: passphraseVariable }, env);
}

async function askedPassphrase(surface: Surface, folder: string): Promise<Secret> {
  const answer = await new Questions(surface).askSecret(`The passphrase of the vault in ${folder} (it is not shown):`);
  if (answer !== undefined) return answer;
  throw new SelvageError('invalid-key', 'the vault is locked, and no passphrase was given', {
    remedy: `give it in ${passphraseVariable}, or in a file with --passphrase-file`,
  });
}
