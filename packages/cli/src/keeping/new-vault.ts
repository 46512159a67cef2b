import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Secret } from '@selvage/core';
import { nodeFileSystem, orStoreFailed } from '@selvage/core/node';
import { VaultProcess } from '@selvage/hardware/node';

/**
 * Makes a vault with all that it is to have, and only then gives it its name. Each attempt has a folder of its own: the
 * process of one whose command was killed may live on for a moment, and writes into no other.
 * @param fill puts into it what it is to have
 * @throws SelvageError `store-failed`, and as the vault's process and `fill`
 */
export async function makeVault(
  path: string,
  unlock: Secret | undefined,
  fill: (vault: VaultProcess) => Promise<unknown>,
): Promise<void> {
  await sweepAttempts(path);
  const attempt = await orStoreFailed('make', path, () => mkdtemp(`${path}${attemptMark}`));
  const vault = await VaultProcess.start({ folder: attempt, ...(unlock && { unlock }) });
  try {
    await fill(vault);
  } finally {
    await vault.close();
  }
  await orStoreFailed('make', path, async () => {
    // One that came to no use, as whoever asks for another has found.
    if (existsSync(path)) await rename(path, `${attempt}-former`);
    await rename(attempt, path);
    await nodeFileSystem.syncDirectory(dirname(path));
  });
  await sweepAttempts(path);
}

const attemptMark = '.new-';

/** Removes what attempts left that were broken off; what is in use at this moment goes the next time. */
export async function sweepAttempts(path: string): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  const left = names.filter((name) => name.startsWith(`${basename(path)}${attemptMark}`));
  for (const name of left) {
    await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}
