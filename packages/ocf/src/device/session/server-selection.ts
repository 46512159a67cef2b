import type { Entropy, Secret } from '@selvage/core';
import { constantTimeEqual, type CryptoCore, type KeyHandle } from '@selvage/crypto';
import type { Credentials, DtlsConfiguration, ServerSelection } from '@selvage/dtls';
import { credentialUsages } from '../../security/credential.js';
import { pinHint, pinIdentity } from '../../security/pin.js';
import { certificateSuites, pskSuites, transferMethodOf, transferMethods } from '../../security/transfer-method.js';
import { uuidBytes, uuidOf } from '../../uuid/uuid.js';
import { pairwiseCredential } from '../credential/pairwise.js';
import { presentedChain } from '../credential/presented-chain.js';
import type { TransferPin } from '../onboarding/pin.js';
import type { DurableState } from '../state/durable-state.js';

/** A certificate chain, the end entity's first, and the handle of its key. */
export interface CertifiedKey {
  readonly chain: readonly Uint8Array[];
  readonly key: KeyHandle;
}

/** What a device answers handshakes by. */
export interface SelectionOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  /** Bytes of a datagram, at most. */
  readonly maximumDatagram: number;
  /** As in the device's limits. */
  readonly grace: number;
  readonly manufacturer: CertifiedKey | undefined;
  readonly pin: TransferPin;
  /** The state as it is now. */
  readonly state: () => DurableState;
  /** The device's own key as it is now. */
  readonly ownKey: () => KeyHandle;
  /** Whether there is an onboarding connection now. */
  readonly isOnboarding: () => boolean;
}

/** A handshake that takes longer is given up, ms. */
const handshakeTimeout = 30_000;

/**
 * Whom a device shakes hands with, and by what: before the owner transfer nobody, then one by the method that was
 * chosen, and afterwards those who share a key with it or have a certificate of an authority that it trusts.
 */
export function serverSelection(options: SelectionOptions): ServerSelection {
  const { core, entropy } = options;
  let last: { readonly state: DurableState; readonly configuration: DtlsConfiguration } | undefined;
  return {
    core,
    entropy,
    select() {
      const state = options.state();
      if (state.dos === 'RESET') return undefined;
      if (state.dos === 'RFOTM') return options.isOnboarding() ? undefined : transferConfiguration(state, options);
      if (last?.state !== state) last = { state, configuration: operationalConfiguration(state, options) };
      return last.configuration;
    },
  };
}

/** How a transfer by the chosen method is shaken hands for; the tool shows no certificate. */
function transferConfiguration(state: DurableState, options: SelectionOptions): DtlsConfiguration | undefined {
  const method = transferMethodOf(state.oxmsel);
  if (method === undefined) return undefined;
  const { suites } = transferMethods[method];
  switch (method) {
    case 'just-works':
      return configuration(options, suites, {});
    case 'random-pin':
      return { ...configuration(options, suites, pinCredentials(state, options.pin)), guessableKey: true };
    case 'manufacturer-certificate': {
      const { manufacturer } = options;
      return manufacturer && configuration(options, suites, { certificate: manufacturer });
    }
  }
}

function pinCredentials({ deviceuuid }: DurableState, pin: TransferPin): Credentials {
  return {
    identityHint: pinHint(deviceuuid),
    keyForIdentity: (identity) => (constantTimeEqual(identity, pinIdentity) ? pin.keyForGuess() : undefined),
  };
}

/** Shared keys first, then certificates, if the device has one, where both sides show theirs. */
function operationalConfiguration(state: DurableState, options: SelectionOptions): DtlsConfiguration {
  const certificate = identityOf(state, options.ownKey());
  const credentials: Credentials = {
    identityHint: uuidBytes(state.deviceuuid),
    keyForIdentity: (identity) => sharedKey(options.state(), identity),
    ...(certificate && { certificate }),
  };
  const suites = certificate ? [...pskSuites, ...certificateSuites] : pskSuites;
  return { ...configuration(options, suites, credentials), clientAuthentication: 'require' };
}

function sharedKey(state: DurableState, identity: Uint8Array): Secret | undefined {
  if (identity.length !== 16) return undefined;
  return pairwiseCredential(state, uuidOf(identity))?.key;
}

/** The certificate that the owner gave last. */
export function identityOf({ credentials }: DurableState, key: KeyHandle): CertifiedKey | undefined {
  const identity = credentials.findLast(({ usage }) => usage === credentialUsages.identity);
  return identity?.chain && { chain: presentedChain(identity.chain), key };
}

function configuration(
  { core, entropy, maximumDatagram, grace }: SelectionOptions,
  suites: DtlsConfiguration['suites'],
  credentials: Credentials,
): DtlsConfiguration {
  const retransmission = { initial: 1000, maximum: 20_000 };
  return { core, entropy, suites, credentials, maximumDatagram, retransmission, grace, handshakeTimeout };
}
