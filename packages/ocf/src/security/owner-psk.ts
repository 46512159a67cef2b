import { concat, Secret } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { type Uuid, uuidBytes } from '../uuid/uuid.js';
import { type TransferMethod, transferMethods } from './transfer-method.js';

/** What an owner's key is made of. */
export interface OwnerKeySource {
  /** The key block of the onboarding connection. */
  readonly keyBlock: Uint8Array;
  readonly method: TransferMethod;
  /** The new owner. */
  readonly owner: Uuid;
  /** The device as its new owner has named it. */
  readonly device: Uuid;
}

/** Bytes of an owner's key. */
const keyLength = 16;

/**
 * The key that a device and its new owner share from their onboarding connection on:
 * P_SHA256(key block, label ‖ owner ‖ device), 16 bytes. Neither sends it.
 */
export function ownerKey(core: CryptoCore, { keyBlock, method, owner, device }: OwnerKeySource): Secret {
  const label = new TextEncoder().encode(transferMethods[method].label);
  const seed = concat(label, uuidBytes(owner), uuidBytes(device));
  return Secret.of(core.tlsPHash('sha256', keyBlock, seed, keyLength));
}
