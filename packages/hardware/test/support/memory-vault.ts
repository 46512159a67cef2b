import type { Entropy } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { type CryptoCore, nativeCore } from '@selvage/crypto';
import {
  Channel,
  type ChannelLimits,
  type DeviceKey,
  memoryStreams,
  sealedStoreKey,
  SealedStore,
  serveVault,
  UniqueKey,
  VaultClient,
  VaultEngine,
  type Violation,
  vaultService,
} from '@selvage/hardware';
import { Secret } from '@selvage/core';
import { VirtualCounter, VirtualSealedFile } from './virtual-sealed-file.js';

/** The turns of the event loop, for channels in tests. */
export const turns = {
  soon: (work: () => void) => queueMicrotask(work),
  later: (work: () => void) => void setImmediate(work),
};

/** A vault in this process with its file and counter, and clients of it on channels. */
export class MemoryVault {
  readonly file = new VirtualSealedFile();
  readonly counter = new VirtualCounter();
  readonly violations: Violation[] = [];
  engine!: VaultEngine;
  readonly #core: CryptoCore;
  readonly #deviceKey: DeviceKey;
  readonly #entropy: Entropy;
  #opened = 0;

  private constructor(core: CryptoCore, entropy: Entropy | undefined) {
    this.#core = core;
    this.#deviceKey = new UniqueKey(core, Secret.of(new Uint8Array(32).fill(7)));
    this.#entropy = entropy ?? new SeededEntropy('vault');
  }

  static async open(core = nativeCore, entropy?: Entropy): Promise<MemoryVault> {
    const vault = new MemoryVault(core, entropy);
    await vault.reopen();
    return vault;
  }

  /** Opens the vault again, as another process would after this one was killed. */
  async reopen(): Promise<void> {
    const [core, deviceKey, { file, counter }] = [this.#core, this.#deviceKey, this];
    const salts = new SeededEntropy(`salts ${this.#opened++}`);
    const store = await SealedStore.open({ core, entropy: salts, file, counter, key: sealedStoreKey(deviceKey) });
    this.engine = await VaultEngine.open({ core, entropy: this.#entropy, store, deviceKey });
  }

  /** A channel to the vault, as a client of this name. */
  channel(client: string, limits: Partial<ChannelLimits> = {}): Channel {
    const [near, far] = memoryStreams();
    const onViolation = (violation: Violation): void => void this.violations.push(violation);
    new Channel(far, { schedule: turns, limits, onViolation }).serve(
      vaultService,
      serveVault(this.engine.client(client)),
    );
    return new Channel(near, { schedule: turns });
  }

  connect(client: string): Promise<VaultClient> {
    return VaultClient.connect(this.channel(client));
  }
}
