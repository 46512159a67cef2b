import type { Instant } from '@selvage/core';
import { names, withNode } from './entries.js';
import type { NetworkData } from './network-data.js';
import { ownPart, sameEntries } from './same-entries.js';

/** A registration for the leader: `a/sd`. */
export interface RegistrationOrder {
  /** All that the node offers; undefined where something is only to be forgotten. */
  readonly data: NetworkData | undefined;
  readonly forget: number | undefined;
}

/** Where a node is, and what it knows. */
export interface ClientView {
  /** Undefined while it has no place in the mesh. */
  readonly rloc16: number | undefined;
  readonly partitionId: number | undefined;
  readonly networkData: NetworkData;
  /** A full device that is about to become a router, and gets another RLOC16 thereby, waits. */
  readonly isAboutToMove: boolean;
}

/** Milliseconds: missing entries are registered again at the latest then, and never sooner than that. */
const [longestWait, leastWait] = [300_000, 1000] as const;
/** Lost children that the leader is still to hear of, at most. */
const mostLost = 16;

/**
 * Keeps a node's own prefixes, routes and services registered with the leader (Thread 1.3 §5.15.6): again after each
 * change of its place, of the leader or of the network data that lacks them, and at the latest after 300 s.
 */
export class NetworkDataClient {
  #entries: NetworkData = [];
  #view: ClientView = { rloc16: undefined, partitionId: undefined, networkData: [], isAboutToMove: false };
  /** As which the entries were registered. */
  #registeredAs: number | undefined;
  #lost: number[] = [];
  #isAsking = false;
  #dueAt: Instant = Infinity;
  #askedAt: Instant = -Infinity;

  get entries(): NetworkData {
    return this.#entries;
  }

  get deadline(): Instant | undefined {
    return this.#isAsking || this.#dueAt === Infinity ? undefined : this.#dueAt;
  }

  /** What the node offers from now on, under whatever RLOC16. */
  setEntries(entries: NetworkData, now: Instant): void {
    this.#entries = entries;
    this.#plan(now);
  }

  /** The node's place or the network data may be another. */
  update(view: ClientView, now: Instant): void {
    this.#view = view;
    this.#plan(now);
  }

  /** A child of ours is gone: what it registered goes too. */
  childLost(rloc16: number, now: Instant): void {
    if (!names(this.#view.networkData, rloc16) || this.#lost.includes(rloc16) || this.#lost.length >= mostLost) return;
    this.#lost.push(rloc16);
    this.#plan(now);
  }

  /** The leader answered, or did not. What it answers says nothing: only the network data does. */
  done(isAnswered: boolean, now: Instant): void {
    this.#isAsking = false;
    // An answer came, and with the next network data it is seen whether it was good.
    this.#dueAt = this.#isComplete ? Infinity : now + (isAnswered ? longestWait : leastWait);
  }

  /** What is to be registered now. */
  poll(now: Instant): RegistrationOrder | undefined {
    const { rloc16 } = this.#view;
    if (this.#isAsking || now < this.#dueAt || rloc16 === undefined) return undefined;
    if (this.#isComplete) {
      this.#dueAt = Infinity;
      return undefined;
    }
    this.#isAsking = true;
    this.#askedAt = now;
    const [lost] = this.#lost;
    if (lost !== undefined) {
      this.#lost.shift();
      return { data: undefined, forget: lost };
    }
    const forget = this.#registeredAs === rloc16 ? undefined : this.#registeredAs;
    this.#registeredAs = this.#entries.length === 0 ? undefined : rloc16;
    return { data: withNode(this.#entries, rloc16), forget };
  }

  #plan(now: Instant): void {
    const { rloc16, isAboutToMove } = this.#view;
    if (rloc16 === undefined || isAboutToMove || this.#isComplete) {
      this.#dueAt = Infinity;
      return;
    }
    this.#dueAt = Math.min(this.#dueAt, Math.max(now, this.#askedAt + leastWait));
  }

  /** Whether the network data has of us what we offer, and no more, and nothing of a child that is gone. */
  get #isComplete(): boolean {
    const { rloc16, networkData: data } = this.#view;
    if (rloc16 === undefined) return true;
    this.#lost = this.#lost.filter((lost) => names(data, lost));
    return this.#lost.length === 0 && sameEntries(ownPart(data, rloc16), withNode(this.#entries, rloc16));
  }
}
