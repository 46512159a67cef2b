import type { Clock, DatagramPort, Entropy, PeerAddress, Store } from '@selvage/core';
import type { CryptoCore, KeyHandle, KeyHome } from '@selvage/crypto';
import type { DeviceModel } from '../model/device-model.js';
import type { Endpoints } from '../model/link.js';
import type { TransferMethod } from '../security/transfer-method.js';
import type { Attest } from './resource/attestation.js';

/** What a manufacturer puts into a device. */
export interface ManufacturerCredentials {
  /** Certificates in DER, the device's first, without the root. */
  readonly chain: readonly Uint8Array[];
  /** The key of the first; it lives in the device's key home. */
  readonly key: KeyHandle;
  /** Authorities of manufacturers, in DER, that the device tells of. */
  readonly anchors?: readonly Uint8Array[] | undefined;
}

/** What a device takes and waits for. */
export interface DeviceLimits {
  /** An owner transfer, from its handshake to RFPRO, ms. */
  readonly transfer: number;
  /** A session that was not heard of for so long is closed, ms. */
  readonly idle: number;
  /** Between the answer to a hard reset and its wipe, which closes the session that asked for it, ms. */
  readonly resetDelay: number;
  /** Open sessions, at most; a further one takes the place of the one that was not heard of for longest. */
  readonly sessions: number;
  /** The same of one peer. */
  readonly sessionsPerPeer: number;
  /**
   * How long a handshake that something speaks against is kept, ms: until then its real peer can clear it up, for
   * anybody could have sent that.
   */
  readonly grace: number;
  /** Handshakes at once, at most; a further one takes the place of the oldest. */
  readonly handshakes: number;
  /** A request's body, bytes. */
  readonly body: number;
  /** Answers to requests for `/oic/sec/doxm` that go to a group are spread over so long, ms; and for all others. */
  readonly ownershipLeisure: number;
  readonly leisure: number;
}

export const defaultDeviceLimits: DeviceLimits = {
  transfer: 60_000,
  idle: 600_000,
  resetDelay: 250,
  sessions: 64,
  sessionsPerPeer: 4,
  grace: 1250,
  handshakes: 32,
  body: 16_384,
  ownershipLeisure: 2000,
  leisure: 500,
};

/** What an `OcfDevice` is made of. */
export interface OcfDeviceOptions<Address extends PeerAddress> {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly clock: Clock;
  /** The device's own: nothing else is in it. */
  readonly store: Store;
  /** The device's own; keys that it does not know are destroyed. */
  readonly keys: KeyHome;
  /** Where requests come in the clear. */
  readonly plain: DatagramPort<Address>;
  /** Where sessions are opened. */
  readonly secured: DatagramPort<Address>;
  /** Where requests to groups come; they are answered from `plain`. */
  readonly groups: readonly DatagramPort<Address>[];
  /** Where the device tells one who asks from an address to find it. */
  readonly endpoints: (from: Address) => Endpoints;
  readonly model: DeviceModel;
  readonly manufacturer?: ManufacturerCredentials | undefined;
  /** Shows a PIN, or with `undefined` none any more. Without it there is no transfer by Random PIN. */
  readonly showPin?: ((pin: string | undefined) => void) | undefined;
  /** Owner transfer methods to offer, of those that the device could; all by default. */
  readonly methods?: readonly TransferMethod[] | undefined;
  /**
   * Attests with a nonce of 32 bytes, which is bound to the onboarding connection that asks: a token of the vault. Without
   * it the device has no `/x.org.selvage/attestation`.
   */
  readonly attest?: Attest | undefined;
  readonly limits?: Partial<DeviceLimits> | undefined;
}
