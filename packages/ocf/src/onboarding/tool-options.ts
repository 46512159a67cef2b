import type { PeerAddress, Store } from '@selvage/core';
import type { KeyHome } from '@selvage/crypto';
import type { CertificateAuthority, TrustAnchor } from '@selvage/pki';
import type { OcfClientOptions } from '../client/client.js';
import type { Uuid } from '../uuid/uuid.js';
import type { AttestationPolicy } from './transfer/attestation.js';
import type { OwnershipPolicy } from './transfer/method-choice.js';
import type { OwnerDomain } from './transfer/steps.js';

/** What an {@link OnboardingTool} is made of. */
export interface OnboardingToolOptions<Address extends PeerAddress>
  extends Omit<OcfClientOptions<Address>, 'identity' | 'anchors' | 'sign'> {
  /** Whom the devices get as their owner. It must stay the same as long as there are devices. */
  readonly uuid: Uuid;
  /** The security domain that the devices become part of. */
  readonly domain: OwnerDomain;
  /** What is known of each device, its owner's key included; the tool must have it to itself. */
  readonly store: Store;
  /** The owner's authority; without it no certificates are issued. */
  readonly authority?: CertificateAuthority | undefined;
  /** Where the key of the tool's own identity lives; without it the tool shows no certificate. */
  readonly keys?: KeyHome | undefined;
  /** The manufacturers whose certificates are taken in an ownership transfer. */
  readonly manufacturerAnchors?: readonly TrustAnchor[] | undefined;
  /** Which owner transfer methods are allowed, the best first; all by default. */
  readonly policy?: OwnershipPolicy | undefined;
  /** What devices must have been booted from to be owned; they are not asked by default. */
  readonly attestation?: AttestationPolicy | undefined;
}
