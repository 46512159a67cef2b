import type { Instant } from '@selvage/core';
import type { Dataset } from '../dataset/dataset.js';
import type { ThreadKeys } from '../keys/thread-keys.js';
import type { GivenDataset } from '../mle/child/child-host.js';
import type { Datasets, PendingDataset } from './datasets.js';
import { networkOf } from './network.js';
import type { NodeAddressing } from './node-addressing.js';
import type { NodeEvent } from './node-event.js';

/** What a move of the network asks of those who can do it. */
export type MoveOutput =
  /** To be durable, each after the one before; undefined where there is none any more. */
  | { readonly kind: 'store-dataset'; readonly which: 'active'; readonly dataset: Dataset }
  /** With a network key that is not the one in force: into the key home with it first. */
  | { readonly kind: 'store-dataset'; readonly which: 'pending'; readonly pending: PendingDataset | undefined }
  /** The keys of this dataset are to be opened: of its own network key, or of the one that was pending. */
  | { readonly kind: 'open-network'; readonly dataset: Dataset; readonly wasPending: boolean };

/** What {@link NetworkMoves} works on. */
export interface MoveParts {
  readonly datasets: Datasets;
  readonly addressing: NodeAddressing;
  /** Whether it hands datasets on to others, for which it needs their keys. */
  readonly keepsKeys: () => boolean;
  readonly want: (output: MoveOutput) => void;
  readonly tell: (event: NodeEvent) => void;
  readonly keys: () => ThreadKeys;
  /** Other keys are in force. */
  readonly setKeys: (keys: ThreadKeys) => void;
  /** Channel, PAN id or network key may be others in a moment: whoever has the radio on another channel lets go of it. */
  readonly onMoving: () => void;
  /** Channel, PAN id or network key are others now. */
  readonly onMoved: (now: Instant) => void;
}

/** Takes a node from one dataset to the next (Thread 1.3 §8.4.3): at once, or when a delay is over. */
export class NetworkMoves {
  readonly #parts: MoveParts;

  constructor(parts: MoveParts) {
    this.#parts = parts;
  }

  /** @throws SelvageError `invalid-argument` for a dataset without a pending timestamp and a delay */
  setPending(dataset: Dataset, now: Instant): void {
    const { datasets, keepsKeys, want } = this.#parts;
    const hasOtherKey = datasets.hasOtherKey(dataset);
    const kept = hasOtherKey && !keepsKeys() ? dataset.with({ networkKey: undefined }) : dataset;
    datasets.setPending({ dataset: kept, hasOtherKey }, now);
    want({ kind: 'store-dataset', which: 'pending', pending: { dataset, hasOtherKey } });
  }

  /** A parent gave a dataset: an active one is in force at once, a pending one when its delay is over. */
  take(given: GivenDataset, now: Instant): void {
    const dataset = this.#parts.datasets.read(given);
    if (dataset === undefined) return;
    if (given.kind === 'active') this.#follow(dataset, now);
    else this.setPending(dataset, now);
  }

  /** Time passes. */
  tick(now: Instant): void {
    const due = this.#parts.datasets.takeDue(now);
    if (due === undefined) return;
    const { dataset, hasOtherKey } = due;
    if (hasOtherKey) this.#parts.want({ kind: 'open-network', dataset, wasPending: true });
    else this.move(dataset, undefined, now);
  }

  /** Another dataset is in force, under these keys where it has another network key. */
  move(dataset: Dataset, keys: ThreadKeys | undefined, now: Instant): void {
    const { datasets, addressing, want, tell, setKeys, onMoving, onMoved } = this.#parts;
    onMoving();
    const before = addressing.network;
    datasets.activate(dataset);
    const network = networkOf(dataset);
    if (keys !== undefined) setKeys(keys);
    this.#parts.keys().setRotationTime(network.rotationHours);
    addressing.setNetwork(network);
    want({ kind: 'store-dataset', which: 'active', dataset });
    // Not before the active one is durable: between the two a power cut would leave the node in a network that is gone.
    if (datasets.pending === undefined) want({ kind: 'store-dataset', which: 'pending', pending: undefined });
    const moved = keys !== undefined || before.channel !== network.channel || before.panId !== network.panId;
    tell({ kind: 'dataset', name: network.name, moved });
    if (moved) onMoved(now);
  }

  #follow(dataset: Dataset, now: Instant): void {
    const { datasets, want } = this.#parts;
    if (datasets.hasOtherKey(dataset)) want({ kind: 'open-network', dataset, wasPending: false });
    else this.move(dataset, undefined, now);
  }
}
