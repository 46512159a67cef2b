import { concat, Secret } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { type Uuid, uuidBytes } from '../uuid/uuid.js';

/** The PSK identity of whoever claims to know a device's PIN; as a hint the device's UUID follows, after a colon. */
const prefix = new TextEncoder().encode('oic.sec.doxm.rdp');

/** The client's PSK identity in a transfer by Random PIN. */
export const pinIdentity: Uint8Array = prefix;

/** The server's PSK hint in a transfer by Random PIN: 33 bytes. */
export function pinHint(device: Uuid): Uint8Array {
  return concat(prefix, new TextEncoder().encode(':'), uuidBytes(device));
}

const rounds = 1000;
const keyLength = 16;

/**
 * The key of an onboarding connection that is opened with a PIN: PBKDF2-HMAC-SHA-256, salted with the UUID that the
 * device has before its new owner renames it.
 */
export function pinKey(core: CryptoCore, pin: Secret, device: Uuid): Secret {
  return Secret.of(core.pbkdf2HmacSha256(pin.reveal(), uuidBytes(device), rounds, keyLength));
}
