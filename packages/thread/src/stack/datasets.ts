import { FormatError, type Instant, Secret, SelvageError } from '@selvage/core';
import { Dataset } from '../dataset/dataset.js';
import type { GivenDataset } from '../mle/child/child-host.js';
import { isNewerTimestamp, type Timestamps } from '../mle/timestamps.js';

/** The longest delay that is obeyed, milliseconds: OpenThread's longest (Thread 1.3 §8.10.1.12). */
const longestDelay = 259_200_000;

/** What is to be in force later. */
export interface PendingDataset {
  readonly dataset: Dataset;
  /** Its network key is another than the one in force; the dataset may be without it, for it is in the key home. */
  readonly hasOtherKey: boolean;
}

/** The datasets of a node: what is in force, and what will be (Thread 1.3 §8.4.3). */
export class Datasets {
  #active: Dataset;
  #pending: (PendingDataset & { readonly dueAt: Instant }) | undefined;
  readonly #isKeyInForce: (networkKey: Secret) => boolean;

  /** @param isKeyInForce whether a network key is the one in force, which the node may have in its key home alone */
  constructor(
    active: Dataset,
    pending: PendingDataset | undefined,
    isKeyInForce: (networkKey: Secret) => boolean,
    now: Instant,
  ) {
    this.#active = active;
    this.#isKeyInForce = isKeyInForce;
    if (pending !== undefined) this.setPending(pending, now);
  }

  get active(): Dataset {
    return this.#active;
  }

  get pending(): Dataset | undefined {
    return this.#pending?.dataset;
  }

  get timestamps(): Timestamps {
    return { active: this.#active.get('activeTimestamp'), pending: this.pending?.get('pendingTimestamp') };
  }

  get deadline(): Instant {
    return this.#pending?.dueAt ?? Infinity;
  }

  /** @throws SelvageError `invalid-argument` for a dataset without a pending timestamp and a delay */
  setPending({ dataset, hasOtherKey }: PendingDataset, now: Instant): void {
    const delay = dataset.get('delay');
    if (delay === undefined || dataset.get('pendingTimestamp') === undefined) {
      throw new SelvageError('invalid-argument', 'a pending dataset has a timestamp and a delay');
    }
    this.#pending = { dataset, hasOtherKey, dueAt: now + Math.min(delay, longestDelay) };
  }

  /** The pending dataset whose delay is over; it is pending no longer. */
  takeDue(now: Instant): PendingDataset | undefined {
    if (this.#pending === undefined || now < this.#pending.dueAt) return undefined;
    const { dataset, hasOtherKey } = this.#pending;
    this.#pending = undefined;
    return { dataset: dataset.with({ pendingTimestamp: undefined, delay: undefined }), hasOtherKey };
  }

  /** A dataset is in force; a pending one that is not newer was on its way to it. */
  activate(dataset: Dataset): void {
    this.#active = dataset;
    const later = this.pending?.get('activeTimestamp');
    if (!isNewerTimestamp(later, dataset.get('activeTimestamp'))) this.#pending = undefined;
  }

  /** What a parent gave, with its timestamp; `undefined` for what no node can take part in. */
  read({ kind, timestamp, tlvs }: GivenDataset): Dataset | undefined {
    try {
      const given = Dataset.decode(tlvs.reveal());
      const dataset = given.with(kind === 'active' ? { activeTimestamp: timestamp } : { pendingTimestamp: timestamp });
      const isWhole =
        kind === 'active' || (dataset.get('delay') !== undefined && dataset.get('activeTimestamp') !== undefined);
      const hasPlace = dataset.get('channel') !== undefined && dataset.get('panId') !== undefined;
      return isWhole && hasPlace && dataset.get('meshLocalPrefix') !== undefined ? dataset : undefined;
    } catch (error) {
      if (error instanceof FormatError || error instanceof SelvageError) return undefined;
      throw error;
    }
  }

  /** Whether a dataset has a network key, and another one. */
  hasOtherKey(dataset: Dataset): boolean {
    const key = dataset.get('networkKey');
    return key !== undefined && !this.#isKeyInForce(key);
  }

  /** A dataset as children are told it: without its timestamp, and of a pending one the delay that is left. */
  forOthers(kind: 'active' | 'pending', now: Instant): Secret | undefined {
    const dataset = kind === 'active' ? this.#active : this.pending;
    // Without its key it would be no dataset to whoever takes it.
    if (dataset?.get('networkKey') === undefined) return undefined;
    if (this.#pending === undefined || kind === 'active') {
      return Secret.of(dataset.with({ activeTimestamp: undefined }).encode());
    }
    const delay = Math.max(0, Math.round(this.#pending.dueAt - now));
    return Secret.of(dataset.with({ pendingTimestamp: undefined, delay }).encode());
  }
}
