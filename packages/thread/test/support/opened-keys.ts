import { Secret } from '@selvage/core';
import { type MemoryStore, SeededEntropy, type VirtualClock } from '@selvage/core/virtual';
import { type KeyHandle, LocalKeyHome, nativeCore } from '@selvage/crypto';
import { type KeyEvent, KeyRunner, openThreadKeys, type ThreadKeys } from '@selvage/thread';
import { networkKey } from './link-world.js';

/** Keys that run on a clock, and what they told. */
export interface OpenedKeys {
  readonly keys: ThreadKeys;
  readonly events: KeyEvent[];
  readonly runner: KeyRunner;
  /** Lets derivations and writes finish. */
  readonly settle: () => Promise<void>;
}

/** Opens the keys of a network key on a store. */
export async function openKeys(
  clock: VirtualClock,
  store: MemoryStore,
  options: { readonly sequence?: number; readonly rotationHours?: number; readonly key?: Uint8Array } = {},
): Promise<OpenedKeys> {
  const home = new LocalKeyHome({ core: nativeCore, entropy: new SeededEntropy('keys') });
  const policy = { algorithm: 'derive', usages: ['derive'] } as const;
  const handle: KeyHandle = await home.importKey(policy, Secret.of(options.key ?? networkKey));
  const { sequence = 0, rotationHours = 672 } = options;
  const keys = await openThreadKeys({ home, networkKey: handle, store, sequence, rotationHours, now: clock.now() });
  const events: KeyEvent[] = [];
  const runner = new KeyRunner(keys, { home, networkKey: handle, store }, clock, (event) => events.push(event));
  const settle = async (): Promise<void> => {
    runner.pump();
    for (let turn = 0; turn < 8; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return { keys, events, runner, settle };
}
