import { type Clock, decode, encode, type Entropy, SelvageError, type Store } from '@selvage/core';
import type { CryptoCore, KeyHandle, KeyHome } from '@selvage/crypto';
import type { Dataset } from '../dataset/dataset.js';
import { withKnownKeys } from '../dataset/keys-tag.js';
import { openThreadKeys } from '../keys/open-keys.js';
import type { ChildSettings } from '../mle/child/child-settings.js';
import { defaultRouterSettings, type RouterSettings } from '../mle/router/router-settings.js';
import { isNewerTimestamp, sameTimestamp } from '../mle/timestamps.js';
import type { Radio } from '../radio/radio.js';
import type { PendingDataset } from './datasets.js';
import { networkOf } from './network.js';
import { type IdentityRecord, identityRecord, networkRecord, readDataset, recordNames } from './network-record.js';
import { takeKey } from './network-key.js';
import type { VendorFacts } from './node-io.js';
import { NodeRunner } from './node-runner.js';
import type { StoredNetwork } from './stored-network.js';
import { ThreadNode } from './thread-node.js';

/** What {@link openThreadNode} needs. */
export interface OpenNodeOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly radio: Radio;
  /** Where the network key lives. */
  readonly home: KeyHome;
  /** Where identity, place in the network and counters are durable. */
  readonly store: Store;
  /**
   * Whether the store seals what is put there: datasets then lie in it with their keys, without which a router that comes
   * back could entrust no joiner.
   */
  readonly isSealed?: boolean | undefined;
  /** The active dataset; its network key is taken into the home. */
  readonly dataset: Dataset;
  /** The dataset's network key where it is in the home already. */
  readonly networkKey?: KeyHandle | undefined;
  /** The key sequence that a joiner was told; what is stored comes first. */
  readonly keySequence?: number | undefined;
  readonly child?: Partial<ChildSettings>;
  readonly vendor?: VendorFacts | undefined;
  /** Of a full device. */
  readonly router?: Partial<RouterSettings>;
}

/** A child whose receiver is on, with OpenThread's times. */
export const defaultChildSettings: ChildSettings = {
  sleepy: false,
  full: false,
  timeout: 240,
  pollPeriod: 236_000,
  supervision: 190,
  supervisionInterval: 129,
};

/**
 * A node of a network, as it was left: the same identity, its parent or children, and counters that go on.
 * @throws SelvageError `store-failed`, `invalid-argument` for a dataset without what a node needs, `key-…`.
 */
export async function openThreadNode(options: OpenNodeOptions): Promise<NodeRunner> {
  const { core, entropy, clock, radio, home, store, child } = options;
  const { dataset, networkKey } = await datasetInForce(options);
  const network = networkOf(dataset);
  const identity = await identityOf(store, entropy);
  const stored = await storedNetwork(store);
  const handle = networkKey ?? (await takeKey(home, dataset));
  const keys = await openThreadKeys({
    home,
    networkKey: handle,
    store,
    sequence: stored?.keySequence ?? options.keySequence ?? 0,
    rotationHours: network.rotationHours,
    now: clock.now(),
  });
  const found = await storedPending(options, dataset, handle);
  const node = new ThreadNode({
    core,
    entropy,
    radio: radio.capabilities,
    identity,
    keys,
    dataset,
    stored,
    pending: found?.pending,
    now: clock.now(),
    child: { ...defaultChildSettings, ...child },
    vendor: options.vendor,
    router: { ...defaultRouterSettings, ...options.router },
  });
  const { isSealed } = options;
  return new NodeRunner({
    core,
    node,
    radio,
    clock,
    home,
    networkKey: handle,
    pendingKey: found?.key,
    store,
    isSealed,
  });
}

/** Drawn at the first start: the extended address is local and no group's. */
async function identityOf(store: Store, entropy: Entropy): Promise<Omit<IdentityRecord, 'version'>> {
  const found = await store.get(recordNames.identity);
  if (found !== undefined) return decode(identityRecord, found, 'identityRecord');
  const draw = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    entropy.fill(bytes);
    return bytes;
  };
  const extended = draw(8);
  extended[0] = ((extended[0] as number) & 0xfc) | 0x02;
  const record = { extended, interfaceId: draw(8), slaacSecret: draw(32) };
  await store.put(recordNames.identity, encode(identityRecord, { version: 1, ...record }));
  return record;
}

async function storedNetwork(store: Store): Promise<StoredNetwork | undefined> {
  const found = await store.get(recordNames.network);
  return found && decode(networkRecord, found, 'networkRecord');
}

/**
 * What was to be in force later: its delay begins anew. One that is in force already was moved to when the power failed;
 * one whose key is in no home any more is given again by whoever gave it.
 */
async function storedPending(
  { core, store, home }: OpenNodeOptions,
  active: Dataset,
  networkKey: KeyHandle,
): Promise<{ readonly pending: PendingDataset; readonly key: KeyHandle | undefined } | undefined> {
  const found = await store.get(recordNames.pending);
  if (found === undefined) return undefined;
  const { dataset, keyId, keysTag } = readDataset(found);
  if (keyId === networkKey.id) {
    if (sameTimestamp(dataset.get('activeTimestamp'), active.get('activeTimestamp'))) return undefined;
    const whole = withKnownKeys(core, dataset, keysTag, active);
    return { pending: { dataset: whole, hasOtherKey: false }, key: undefined };
  }
  const key = (await home.list()).find(({ id }) => id === keyId);
  return key && { pending: { dataset, hasOtherKey: true }, key };
}

/**
 * The one that the network moved to since, where it is newer than what is given. Where its keys are still those of what is
 * given it has them too: without them a leader could hand its dataset to nobody.
 */
async function datasetInForce(
  options: OpenNodeOptions,
): Promise<{ readonly dataset: Dataset; readonly networkKey: KeyHandle | undefined }> {
  const { core, store, home, dataset, networkKey } = options;
  const found = await store.get(recordNames.active);
  if (found === undefined) return { dataset, networkKey };
  const { keyId, keysTag, ...stored } = readDataset(found);
  const moved = withKnownKeys(core, stored.dataset, keysTag, dataset);
  if (isNewerTimestamp(dataset.get('activeTimestamp'), moved.get('activeTimestamp'))) return { dataset, networkKey };
  const handle = (await home.list()).find(({ id }) => id === keyId);
  if (handle !== undefined) return { dataset: moved, networkKey: handle };
  throw new SelvageError('key-not-found', 'the network key of the dataset in force is not in its home');
}
