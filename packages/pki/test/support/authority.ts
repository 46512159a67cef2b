import type { Entropy, Store } from '@selvage/core';
import { MemoryStore, SeededEntropy } from '@selvage/core/virtual';
import { type KeyHandle, LocalKeyHome, nativeCore } from '@selvage/crypto';
import { type AttributeInput, CertificateAuthority, validFor } from '@selvage/pki';

/** When the tests' authorities live. */
export const today = Date.parse('2026-11-22T12:00:00Z');
export const device = '62d8e00a-c631-481a-6960-4877df1c7190';

/** Keys and authorities that replay from a seed. */
export class World {
  readonly entropy: Entropy;
  readonly keys: LocalKeyHome;

  /** When its authorities begin. */
  readonly now: number;

  constructor(seed: string, now = today) {
    this.now = now;
    this.entropy = new SeededEntropy(seed);
    this.keys = new LocalKeyHome({ core: nativeCore, entropy: this.entropy });
  }

  key(): Promise<KeyHandle> {
    return this.keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
  }

  async publicKey(): Promise<Uint8Array> {
    return this.keys.publicKey(await this.key());
  }

  /** A root that lives for ten years. */
  async root(
    name = 'Lab Root',
    store: Store = new MemoryStore(),
    subject: readonly AttributeInput[] = [
      ['O', 'Lab'],
      ['CN', name],
    ],
  ): Promise<CertificateAuthority> {
    const setting = { core: nativeCore, entropy: this.entropy, keys: this.keys, key: await this.key(), store };
    return CertificateAuthority.establish(setting, { subject, validity: validFor(this.now, 3650) });
  }

  /** An authority of path length 0 below a root, for five years. */
  async intermediate(root: CertificateAuthority, store: Store = new MemoryStore()): Promise<CertificateAuthority> {
    const key = await this.key();
    const { certificate } = await root.issue(
      {
        kind: 'intermediate',
        subject: [
          ['O', 'Lab'],
          ['CN', 'Lab Device Authority'],
        ],
      },
      { publicKey: await this.keys.publicKey(key), validity: validFor(this.now, 1825) },
    );
    const setting = { core: nativeCore, entropy: this.entropy, keys: this.keys, key, store };
    return new CertificateAuthority(setting, [certificate.der, root.certificate.der]);
  }
}
