import { MemoryStore, SeededEntropy, VirtualClock, VirtualNetwork } from '@selvage/core/virtual';
import { type KeyHandle, LocalKeyHome, nativeCore } from '@selvage/crypto';
import { type AttributeInput, CertificateAuthority, validFor } from '@selvage/pki';
import { type Certified, StandInAuthority } from './certificates.js';

/** When the flows were captured. */
const captured = Date.parse('2026-11-22T12:00:00Z');

const rootName: readonly AttributeInput[] = [
  ['O', 'Lab'],
  ['CN', 'Lab Test Root CA 1'],
];
const intermediateName: readonly AttributeInput[] = [
  ['O', 'Lab'],
  ['CN', 'Lab Test Intermediate CA 1'],
];
const leafName: readonly AttributeInput[] = [
  ['O', 'Lab'],
  ['OU', 'Test'],
  ['CN', '5d0e1c36-2f0f-4d3c-9d0a-0c0ffee00001'],
];

/** What a manufacturer puts into a device, and its root. */
export interface Manufactured extends Certified {
  readonly anchors: readonly Uint8Array[];
}

/** A network in virtual time, on the day of the captures. */
export class LabWorld {
  readonly core = nativeCore;
  readonly clock = new VirtualClock({ wallTime: captured });
  readonly network: VirtualNetwork;
  readonly entropy: SeededEntropy;
  readonly keys: LocalKeyHome;

  constructor(seed: string) {
    this.network = new VirtualNetwork({ clock: this.clock, delay: 0.1, seed, maximumPayload: 2048 });
    this.entropy = new SeededEntropy(seed);
    this.keys = new LocalKeyHome({ core: nativeCore, entropy: this.entropy });
  }

  get now(): number {
    return this.clock.wallTime();
  }

  authority(): Promise<StandInAuthority> {
    return StandInAuthority.establish(this);
  }

  /** A key that signs. */
  key(keys = this.keys): Promise<KeyHandle> {
    return keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
  }

  /** A manufacturer's certificate, its key at `keys`; it holds for so many days, from today. */
  async manufacture(keys = this.keys, days = 7000): Promise<Manufactured> {
    const setting = { core: nativeCore, entropy: this.entropy, keys: this.keys };
    const root = await CertificateAuthority.establish(
      { ...setting, key: await this.key(), store: new MemoryStore() },
      { subject: rootName, validity: validFor(this.now, 7300) },
    );
    const above = await this.key();
    const { certificate } = await root.issue(
      { kind: 'intermediate', subject: intermediateName },
      { publicKey: await this.keys.publicKey(above), validity: validFor(this.now, 7200) },
    );
    const chain = [certificate.der, root.certificate.der];
    const issuer = new CertificateAuthority({ ...setting, key: above, store: new MemoryStore() }, chain);
    const key = await this.key(keys);
    const publicKey = await keys.publicKey(key);
    const profile = { kind: 'device', subject: leafName } as const;
    const leaf = await issuer.issue(profile, { publicKey, validity: validFor(this.now, days) });
    return { chain: leaf.chain, key, anchors: [root.certificate.der] };
  }

  /** What a promise comes to, with as much time as it takes. */
  settle<T>(promise: Promise<T>): Promise<T> {
    return this.clock.outcome(promise);
  }

  /** Lets time pass. */
  pass(milliseconds: number): Promise<void> {
    return this.clock.pass(milliseconds);
  }
}
