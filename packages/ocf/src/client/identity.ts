import type { Secret } from '@selvage/core';
import type { KeyHandle } from '@selvage/crypto';
import type { Uuid } from '../uuid/uuid.js';

/** Certificates in DER, the own one first, and the handle of its private key. */
export interface CertifiedKey {
  readonly chain: readonly Uint8Array[];
  readonly key: KeyHandle;
}

/**
 * Who a client is towards devices, and what it can prove it with. It is asked anew for every session, so that what was
 * provisioned meanwhile counts.
 */
export interface ClientIdentity {
  /** What devices know the client by: its PSK identity, and what its certificates name. */
  readonly device: Uuid;
  /** The key that is shared with a device: its owner's, or that of the pair. */
  pskFor(device: Uuid): Secret | undefined;
  /** What it shows to devices that it shares no key with. */
  readonly certificate?: CertifiedKey | undefined;
  /** Role certificates, each a chain in DER: shown in every session that certificates opened, before the first request. */
  readonly roles?: readonly (readonly Uint8Array[])[] | undefined;
}
