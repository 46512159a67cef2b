import type { Secret } from '@selvage/core';
import { HeldKeys } from './held-keys.js';
import type { KeyHandle } from './key-handle.js';
import type { KeyPolicy } from './key-home.js';

/** Keys in the memory of this process. Whoever can read that memory can read them: the vault is for keys that matter. */
export class LocalKeyHome extends HeldKeys {
  async generate(policy: KeyPolicy): Promise<KeyHandle> {
    return this.keep(this.newKey(policy));
  }

  async importKey(policy: KeyPolicy, key: Secret): Promise<KeyHandle> {
    return this.keep(this.newKey(policy, key));
  }

  async destroy(handle: KeyHandle): Promise<void> {
    this.release(handle).material.fill(0);
  }
}
