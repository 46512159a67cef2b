import { systemEntropy } from '@selvage/core';
import { type CryptoCore, LocalKeyHome, nativeCore } from '@selvage/crypto';
import { imageSigner, signImage, verifyImage } from '@selvage/hardware';
import type { Work } from './work.js';

const payloadLength = 1_048_576;

/** What a boot ROM does before it starts firmware. */
export const bootWork: Work = {
  name: 'boot',
  what: 'a firmware image of 1 MiB is verified',
  async prepare(core: CryptoCore) {
    const keys = new LocalKeyHome({ core: nativeCore, entropy: systemEntropy });
    const signer = imageSigner(keys, await keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] }));
    const version = { major: 1, minor: 0, revision: 0, build: 0 };
    const image = await signImage(new Uint8Array(payloadLength).fill(0x5e), { core: nativeCore, version, signer });
    const boot = async (): Promise<void> => void verifyImage(image, { core, keys: [signer.publicKey] });
    return () => Promise.resolve(boot);
  },
};
