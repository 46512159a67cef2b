/** A board that is switched on once, so that what its program compiles on the way is known. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes one from the built packages, and has somebody use it.
 * @param {(setting: string) => Promise<void>} use what its program is started with
 */
export async function withRehearsalBoard(use) {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-rehearsal-'));
  try {
    await provision(join(folder, 'board'));
    // Ports of groups that no site uses.
    await use(JSON.stringify({ folder: join(folder, 'board'), interface: 'loopback:19999' }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
async function provision(folder) {
  // When this module is loaded nothing need be built yet.
  const { systemEntropy } = await import('@selvage/core');
  const { LocalKeyHome, nativeCore: core } = await import('@selvage/crypto');
  const { imageSigner, parseVersion, signImage } = await import('@selvage/hardware');
  const { firmwarePayload, provisionBoard } = await import('@selvage/device/node');
  const keys = new LocalKeyHome({ core, entropy: systemEntropy });
  const signer = imageSigner(keys, await keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] }));
  const image = await signImage(firmwarePayload('0.0.0'), { core, version: parseVersion('0.0.0'), signer });
  await provisionBoard(folder, {
    description: { kind: 'light', name: 'rehearsal', methods: ['just-works'] },
    rootKeys: [signer.publicKey],
    image,
    entropy: systemEntropy,
    certifyAttestation: () => Promise.resolve([Uint8Array.of(0)]),
  });
}
