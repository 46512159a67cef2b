import type { Instant } from '@selvage/core';
import type { Dataset } from '../dataset/dataset.js';
import type { ThreadKeys } from '../keys/thread-keys.js';
import type { GivenDataset } from '../mle/child/child-host.js';
import type { Datasets } from './datasets.js';
import { networkOf } from './network.js';
import type { NodeAddressing } from './node-addressing.js';
import type { NodeEvent } from './node-event.js';

/** What a move of the network asks of those who can do it. */
export type MoveOutput =
  /** To be durable, each after the one before; undefined where there is none any more. */
  | { readonly kind: 'store-dataset'; readonly which: 'active' | 'pending'; readonly dataset: Dataset | undefined }
  /** The network key of this dataset is to be taken in, and its keys are to be opened. */
  | { readonly kind: 'open-network'; readonly dataset: Dataset };

/** What {@link NetworkMoves} works on. */
export interface MoveParts {
  readonly datasets: Datasets;
  readonly addressing: NodeAddressing;
  readonly want: (output: MoveOutput) => void;
  readonly tell: (event: NodeEvent) => void;
  readonly keys: () => ThreadKeys;
  /** Other keys are in force. */
  readonly setKeys: (keys: ThreadKeys) => void;
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
    this.#parts.datasets.setPending(dataset, now);
    this.#parts.want({ kind: 'store-dataset', which: 'pending', dataset });
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
    const { datasets, want } = this.#parts;
    const dataset = datasets.takeDue(now);
    if (dataset === undefined) return;
    want({ kind: 'store-dataset', which: 'pending', dataset: undefined });
    this.#follow(dataset, now);
  }

  /** Another dataset is in force, under these keys where it has another network key. */
  move(dataset: Dataset, keys: ThreadKeys | undefined, now: Instant): void {
    const { datasets, addressing, want, tell, setKeys, onMoved } = this.#parts;
    const before = addressing.network;
    datasets.activate(dataset);
    const network = networkOf(dataset);
    if (keys !== undefined) setKeys(keys);
    this.#parts.keys().setRotationTime(network.rotationHours);
    addressing.setNetwork(network);
    want({ kind: 'store-dataset', which: 'active', dataset });
    const moved = keys !== undefined || before.channel !== network.channel || before.panId !== network.panId;
    tell({ kind: 'dataset', name: network.name, moved });
    if (moved) onMoved(now);
  }

  #follow(dataset: Dataset, now: Instant): void {
    if (this.#parts.datasets.hasOtherKey(dataset)) this.#parts.want({ kind: 'open-network', dataset });
    else this.move(dataset, undefined, now);
  }
}
