import type { Entropy, Store } from '@selvage/core';
import type { KeyHandle, KeyHome } from '@selvage/crypto';
import { auditName } from './audit/stored-audit.js';
import { newUuid, type Uuid } from '../uuid/uuid.js';
import { OwnKey } from './own-key.js';
import { type DurableState, isTransferBegun, unowned } from './state/durable-state.js';
import { StateKeeper } from './state/state-keeper.js';

/** Where the values of the application that outlive restarts are in the device's store. */
export const valuesName = 'values';

/** What a device's lives are made of. */
export interface LifeOptions {
  readonly store: Store;
  readonly keys: KeyHome;
  readonly entropy: Entropy;
}

/**
 * The state that a device starts with: the one that it had, unless it is new, has a hard reset to finish, or was in the
 * middle of an owner transfer, whose connection is gone. Then it begins a new life.
 * @throws SelvageError `store-failed`, and as the key home
 */
export async function startingState(options: LifeOptions): Promise<DurableState> {
  const { store, entropy } = options;
  const stored = await StateKeeper.load(store);
  if (stored !== undefined && stored.dos !== 'RESET' && !isTransferBegun(stored)) return stored;
  const { state } = await newLife(options, stored ?? { permanent: newUuid(entropy), platform: newUuid(entropy) });
  await StateKeeper.save(store, state);
  return state;
}

/**
 * A device without an owner, with another name and another key: what the last owner left is gone for good before it
 * begins. The state itself is the caller's to make durable; until then the last life has not ended.
 * @throws SelvageError `store-failed`, and as the key home
 */
export async function newLife(
  { store, keys, entropy }: LifeOptions,
  { permanent, platform }: { readonly permanent: Uuid; readonly platform: Uuid },
): Promise<{ readonly state: DurableState; readonly key: KeyHandle }> {
  await store.delete(valuesName);
  await store.delete(auditName);
  const key = await OwnKey.generate(keys);
  return { state: unowned({ deviceuuid: newUuid(entropy), permanent, platform, keyId: key.id }), key };
}
