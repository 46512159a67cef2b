import type { Clock, Entropy, PeerAddress } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { StoredAudit } from '../audit/stored-audit.js';
import type { Onboarding } from '../onboarding/onboarding.js';
import type { OwnKey } from '../own-key.js';
import type { Sessions } from '../session/sessions.js';
import type { StateKeeper } from '../state/state-keeper.js';
import type { StoredCredential } from '../state/stored-credential.js';

/** What requests to security resources are served from. */
export interface SecurityWorld<Address extends PeerAddress> {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly keeper: StateKeeper;
  readonly ownKey: OwnKey;
  readonly audit: StoredAudit;
  readonly onboarding: Onboarding<Address>;
  readonly sessions: Sessions<Address>;
  /** The numbers of the owner transfer methods on offer. */
  readonly methods: readonly number[];
  /** The manufacturer's credentials. */
  readonly built: readonly StoredCredential[];
}
