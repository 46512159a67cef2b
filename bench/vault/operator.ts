/** A vault in a process of its own, in a folder that is gone afterwards, and keys to ask it for. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyHandle } from '@selvage/crypto';
import { VaultProcess } from '@selvage/hardware/node';

export interface BenchVault {
  readonly vault: VaultProcess;
  readonly signing: KeyHandle;
  readonly agreeing: KeyHandle;
  readonly deriving: KeyHandle;
}

/** Where the disk is that is measured: beside this program, as the system's folder for temporary files may be in memory. */
export const benchFolder = join(import.meta.dirname, '..');

export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(benchFolder, 'vault-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export function withVault<T>(work: (vault: BenchVault) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const vault = await VaultProcess.start({ folder });
    try {
      const { keys } = vault;
      return await work({
        vault,
        signing: await keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] }),
        agreeing: await keys.generate({ algorithm: 'ecdh-p256', usages: ['agree'] }),
        deriving: await keys.generate({ algorithm: 'derive', usages: ['derive'] }),
      });
    } finally {
      await vault.close();
    }
  });
}
