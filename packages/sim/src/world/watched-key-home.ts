import type { Secret } from '@selvage/core';
import {
  type DeriveRequest,
  type HeldKeysOptions,
  type KeyHandle,
  type KeyPolicy,
  LocalKeyHome,
} from '@selvage/crypto';
import type { WorkWatch } from './work-watch.js';

/** Where the keys of a node of the world live: they outlast its restarts, as those in a vault do. */
export class WatchedKeyHome extends LocalKeyHome {
  readonly #watch: WorkWatch;

  constructor(options: HeldKeysOptions, watch: WorkWatch) {
    super(options);
    this.#watch = watch;
  }

  override importKey(policy: KeyPolicy, key: Secret): Promise<KeyHandle> {
    this.#watch.touch();
    return super.importKey(policy, key);
  }

  override derive(request: DeriveRequest): Promise<Uint8Array> {
    this.#watch.touch();
    return super.derive(request);
  }

  override destroy(handle: KeyHandle): Promise<void> {
    this.#watch.touch();
    return super.destroy(handle);
  }

  override list(): Promise<readonly KeyHandle[]> {
    this.#watch.touch();
    return super.list();
  }
}
