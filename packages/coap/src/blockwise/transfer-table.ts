import type { Instant, PeerAddress } from '@selvage/core';
import type { Peer } from '../messaging/peer.js';
import type { TimerEntry, Timers } from '../messaging/timers.js';

/** How much block-wise transfers may keep. */
export interface TransferLimits {
  readonly entries: number;
  readonly entriesPerPeer: number;
  /** Bytes of all bodies together. */
  readonly bytes: number;
  /** How long a transfer is kept after its last message, ms. */
  readonly lifetime: number;
  /** How long a transfer is safe from having to make room for others, ms. */
  readonly spared: number;
}

/** One transfer's place in a {@link TransferTable}. */
export interface TransferEntry<Address extends PeerAddress, T> {
  readonly peer: Peer<Address>;
  readonly name: string;
  readonly value: T;
  bytes: number;
  touched: Instant;
}

/** The transfers of all peers under a common limit, the one idle longest first. */
export class TransferTable<Address extends PeerAddress, T> {
  readonly #limits: TransferLimits;
  readonly #timers: Timers;
  readonly #entries = new Map<string, TransferEntry<Address, T>>();
  #bytes = 0;
  #timer: TimerEntry | undefined;

  constructor(limits: TransferLimits, timers: Timers) {
    this.#limits = limits;
    this.#timers = timers;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Bytes of all bodies. */
  get bytes(): number {
    return this.#bytes;
  }

  find(peer: Peer<Address>, key: string, now: Instant): TransferEntry<Address, T> | undefined {
    const entry = this.#entries.get(nameOf(peer, key));
    if (entry !== undefined) this.#touch(entry, now);
    return entry;
  }

  /** Keeps a transfer in place of an earlier one of the same key; undefined when there is no room. */
  add(peer: Peer<Address>, key: string, value: T, bytes: number, now: Instant): TransferEntry<Address, T> | undefined {
    const name = nameOf(peer, key);
    this.#remove(this.#entries.get(name));
    const own = this.#of(peer);
    if (own.length >= this.#limits.entriesPerPeer) this.#remove(own[0]);
    if (this.#entries.size >= this.#limits.entries && !this.#makeRoom(now, undefined)) return undefined;
    const entry = { peer, name, value, bytes: 0, touched: now };
    if (!this.grow(entry, bytes, now)) return undefined;
    this.#entries.set(name, entry);
    peer.uses++;
    this.#setTimer();
    return entry;
  }

  /** Takes more bytes for a transfer; false when there is no room. */
  grow(entry: TransferEntry<Address, T>, bytes: number, now: Instant): boolean {
    while (this.#bytes + bytes > this.#limits.bytes) {
      if (!this.#makeRoom(now, entry)) return false;
    }
    this.#bytes += bytes;
    entry.bytes += bytes;
    return true;
  }

  delete(entry: TransferEntry<Address, T>): void {
    this.#remove(entry);
  }

  /** Forgets all transfers of a peer. */
  deletePeer(peer: Peer<Address>): void {
    for (const entry of this.#of(peer)) this.#remove(entry);
  }

  #of(peer: Peer<Address>): TransferEntry<Address, T>[] {
    return [...this.#entries.values()].filter((entry) => entry.peer === peer);
  }

  #touch(entry: TransferEntry<Address, T>, now: Instant): void {
    entry.touched = now;
    this.#entries.delete(entry.name);
    this.#entries.set(entry.name, entry);
  }

  #makeRoom(now: Instant, except: TransferEntry<Address, T> | undefined): boolean {
    for (const entry of this.#entries.values()) {
      if (entry === except) continue;
      if (entry.touched + this.#limits.spared > now) return false;
      this.#remove(entry);
      return true;
    }
    return false;
  }

  #remove(entry: TransferEntry<Address, T> | undefined): void {
    if (entry === undefined || this.#entries.get(entry.name) !== entry) return;
    this.#entries.delete(entry.name);
    this.#bytes -= entry.bytes;
    entry.peer.uses--;
  }

  #setTimer(): void {
    if (this.#timer !== undefined) return;
    for (const { touched } of this.#entries.values()) {
      this.#timer = this.#timers.set(touched + this.#limits.lifetime, (now) => this.#expire(now));
      return;
    }
  }

  #expire(now: Instant): void {
    this.#timer = undefined;
    for (const entry of this.#entries.values()) {
      if (entry.touched + this.#limits.lifetime > now) break;
      this.#remove(entry);
    }
    this.#setTimer();
  }
}

function nameOf<Address extends PeerAddress>({ address }: Peer<Address>, key: string): string {
  return `${address.key}\n${key}`;
}
