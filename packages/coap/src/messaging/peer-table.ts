import type { Instant, PeerAddress } from '@selvage/core';
import { Interactions } from './interactions.js';
import type { TransmissionParameters } from './parameters.js';
import { Peer } from './peer.js';
import type { RandomPool } from './random-pool.js';
import type { ReceivedMessage, ReceivedMessages } from './received.js';

/** How much is kept of peers. */
export interface PeerLimits {
  /** Peers that something is kept of, at most; a new one takes the place of one with nothing under way. */
  readonly peers: number;
  /** Received messages remembered of one peer, at most. */
  readonly receivedPerPeer: number;
  /** Received messages remembered of all peers, at most. */
  readonly received: number;
  /** Requests to one peer that wait for their turn, at most. */
  readonly waitingPerPeer: number;
}

/** How many peers are looked at for one whose place a new peer may take. */
const evictionProbe = 32;

/** The peers of an endpoint by address, of which there are only so many. */
export class PeerTable<Address extends PeerAddress> {
  readonly #limits: PeerLimits;
  readonly #nstart: number;
  readonly #random: RandomPool;
  readonly #peers = new Map<string, Peer<Address>>();
  #received = 0;

  constructor(limits: PeerLimits, { nstart }: TransmissionParameters, random: RandomPool) {
    this.#limits = limits;
    this.#nstart = nstart;
    this.#random = random;
  }

  get size(): number {
    return this.#peers.size;
  }

  /** How many received messages are remembered. */
  get received(): number {
    return this.#received;
  }

  find(address: Address): Peer<Address> | undefined {
    return this.#peers.get(address.key);
  }

  /** The record of a peer, made where there is none; undefined when there are too many with something under way. */
  obtain(address: Address, now: Instant): Peer<Address> | undefined {
    const known = this.#peers.get(address.key);
    if (known !== undefined) {
      known.lastSeen = now;
      return known;
    }
    if (this.#peers.size >= this.#limits.peers && !this.#makeRoom()) return undefined;
    const interactions = new Interactions(this.#nstart, this.#limits.waitingPerPeer);
    const peer = new Peer(address, this.#random.u16(), interactions, now);
    this.#peers.set(address.key, peer);
    return peer;
  }

  /** Remembers a message of a peer, and forgets older ones where there are too many. */
  remember(peer: Peer<Address>, messageId: number, checksum: number, expires: Instant): ReceivedMessage {
    const { received } = peer;
    const before = received.size;
    const message = received.record(messageId, checksum, expires);
    this.#received += received.size - before;
    if (received.size > this.#limits.receivedPerPeer || this.#received > this.#limits.received) {
      // A peer that sends much pays with its own memories first.
      const payer = received.size > 1 ? received : this.#oldestMemories();
      payer?.forgetOldest();
      this.#received--;
    }
    return message;
  }

  /** Forgets a peer and all that was received of it. */
  delete({ address, received }: Peer<Address>): void {
    if (this.#peers.delete(address.key)) this.#received -= received.size;
  }

  /** Forgets messages that have expired, and peers of whom nothing is left. */
  sweep(now: Instant): void {
    this.#received = 0;
    for (const peer of this.#peers.values()) {
      peer.received.sweep(now);
      this.#received += peer.received.size;
      if (peer.isIdle && peer.received.size === 0 && peer.reachableUntil <= now) this.#peers.delete(peer.address.key);
    }
  }

  /** Drops a peer with nothing under way; those passed over go to the end of the line. */
  #makeRoom(): boolean {
    for (let looked = 0; looked < evictionProbe; looked++) {
      const peer = first(this.#peers.values());
      if (peer === undefined) return false;
      this.#peers.delete(peer.address.key);
      if (peer.isIdle) {
        this.#received -= peer.received.size;
        return true;
      }
      this.#peers.set(peer.address.key, peer);
    }
    return false;
  }

  /** Those of another peer, as the one that asks has nothing old to forget. */
  #oldestMemories(): ReceivedMessages | undefined {
    for (const { received } of this.#peers.values()) {
      if (received.size > 0) return received;
    }
    return undefined;
  }
}

function first<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}
