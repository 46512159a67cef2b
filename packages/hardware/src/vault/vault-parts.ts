import { SelvageError } from '@selvage/core';
import type { Blobs } from './blob.js';
import type { OwnerKeys } from './owner-keys.js';
import type { SealedStore } from './sealed-store.js';

/** Makes attestation tokens. @param client who asks */
export type Attester = (nonce: Uint8Array, client: string) => Promise<Uint8Array>;

/** What a client's part of a vault needs of the whole. */
export interface VaultParts {
  readonly store: SealedStore;
  readonly blobs: Blobs;
  readonly attester: Attester | undefined;
  /** The keys that others granted to a client, whose owners are elsewhere. */
  ownersGranting(client: string): readonly OwnerKeys[];
}

/** What a vault without an attester says. */
export function noAttester(): SelvageError {
  return new SelvageError('attestation-refused', 'this vault makes no attestation tokens: nothing was booted with it');
}
