import type { Entropy, Instant } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { Dataset } from '../dataset/dataset.js';
import type { KeyInput, KeyOutput } from '../keys/key-engine.js';
import type { ThreadKeys } from '../keys/thread-keys.js';
import type { LinkOutput } from '../mac/link-engine.js';
import type { ChildSettings } from '../mle/child/child-settings.js';
import type { RouterSettings } from '../mle/router/router-settings.js';
import type { RadioCapabilities, RadioEvent } from '../radio/radio.js';
import type { PendingDataset } from './datasets.js';
import type { MoveOutput } from './network-moves.js';
import type { IdentityRecord } from './network-record.js';
import type { NodeEvent } from './node-event.js';
import type { StoredNetwork } from './stored-network.js';

/** What a node takes. */
export type NodeInput =
  | { readonly kind: 'radio'; readonly event: RadioEvent }
  | { readonly kind: 'keys'; readonly input: KeyInput }
  /** The keys that `open-network` asked for. */
  | { readonly kind: 'network'; readonly dataset: Dataset; readonly keys: ThreadKeys };

/** What a node wants done. */
export type NodeOutput =
  | { readonly kind: 'radio'; readonly output: LinkOutput }
  | { readonly kind: 'keys'; readonly output: Exclude<KeyOutput, { kind: 'event' }> }
  /** To be durable, each after the one before. */
  | { readonly kind: 'store'; readonly record: StoredNetwork }
  | MoveOutput
  | { readonly kind: 'event'; readonly event: NodeEvent };

/** What a node says of its make, to who asks for diagnostics. */
export interface VendorFacts {
  readonly name?: string;
  readonly model?: string;
  readonly softwareVersion?: string;
  readonly url?: string;
  /** 8 bytes, of its radio. */
  readonly eui64?: Uint8Array;
}

/** How a node is made; `openThreadNode` reads what is stored. */
export interface NodeOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly radio: RadioCapabilities;
  readonly identity: Omit<IdentityRecord, 'version'>;
  readonly keys: ThreadKeys;
  /** The active one. */
  readonly dataset: Dataset;
  readonly pending?: PendingDataset | undefined;
  readonly stored?: StoredNetwork | undefined;
  readonly now: Instant;
  readonly child: ChildSettings;
  readonly vendor?: VendorFacts | undefined;
  readonly router: RouterSettings;
}
