import type { Secret } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { Uuid } from '../../uuid/uuid.js';
import type { DurableState } from '../state/durable-state.js';

/** What an update depends on beside the state that it changes. */
export interface UpdateContext {
  /** Whether it comes over the onboarding connection. */
  readonly overOnboarding: boolean;
  /** The numbers of the owner transfer methods that the device offers. */
  readonly methods: readonly number[];
  /** The device's own public key, an uncompressed point. */
  readonly publicKey: Uint8Array;
  readonly core: CryptoCore;
  /** The wall clock, ms since 1970. */
  readonly now: number;
  /** IDs that are not the owner's to give: those of the manufacturer's credentials. */
  readonly reservedIds: readonly number[];
  /** A number in 1 .. 2^31 − 1 that is not among those taken. */
  readonly newId: (taken: readonly number[]) => number;
  /** The key that the onboarding connection has with a new owner; `undefined` where the request came over no such. */
  readonly ownerKey: (owner: Uuid, device: Uuid, method: number) => Secret | undefined;
}

/** Carries an update out on a state. @throws SelvageError `invalid-value` (4.00) where it may not be, as a whole */
export type Update<T> = (state: DurableState, update: T, context: UpdateContext) => DurableState;
