import type { PeerAddress } from '@selvage/core';
import type { DtlsPeer } from './peer.js';

/**
 * Handshakes with one address at a time: a second one lets a client that restarted get through while the first, dead
 * one times out; more would be somebody playing back old ClientHellos.
 */
const handshakesPerAddress = 2;

/** Who is connected or connecting, by address and by connection ID. At most one open session per address. */
export class PeerTable<Address extends PeerAddress> {
  readonly #open = new Map<string, DtlsPeer<Address>>();
  readonly #handshakes = new Map<string, DtlsPeer<Address>[]>();
  readonly #byConnectionId = new Map<string, DtlsPeer<Address>>();
  #handshakeCount = 0;

  get openCount(): number {
    return this.#open.size;
  }

  get handshakeCount(): number {
    return this.#handshakeCount;
  }

  open(address: string): DtlsPeer<Address> | undefined {
    return this.#open.get(address);
  }

  handshakes(address: string): readonly DtlsPeer<Address>[] {
    return this.#handshakes.get(address) ?? [];
  }

  byConnectionId(key: string): DtlsPeer<Address> | undefined {
    return this.#byConnectionId.get(key);
  }

  *all(): Iterable<DtlsPeer<Address>> {
    yield* this.#open.values();
    for (const peers of this.#handshakes.values()) yield* peers;
  }

  /** Adds a handshake; returns the one with the same address that has to go for it, if any. */
  addHandshake(peer: DtlsPeer<Address>): DtlsPeer<Address> | undefined {
    const { key } = peer.address;
    const others = this.handshakes(key);
    this.#handshakes.set(key, [...others, peer]);
    this.#handshakeCount++;
    const id = peer.connectionIdKey;
    if (id !== undefined) this.#byConnectionId.set(id, peer);
    return others.length >= handshakesPerAddress ? others[0] : undefined;
  }

  /** The handshake that has waited longest, among those that clients began with us. */
  oldestIncoming(): DtlsPeer<Address> | undefined {
    for (const peers of this.#handshakes.values()) {
      const incoming = peers.find((peer) => peer.role === 'server');
      if (incoming !== undefined) return incoming;
    }
    return undefined;
  }

  /** Makes a handshake's peer the open one of its address; returns the session it takes the place of. */
  opened(peer: DtlsPeer<Address>): DtlsPeer<Address> | undefined {
    this.#dropHandshake(peer);
    const replaced = this.#open.get(peer.address.key);
    this.#open.set(peer.address.key, peer);
    return replaced;
  }

  /**
   * The open peer sends from another address now. Where another peer's session is it does not follow: a peer that forges
   * its source address could else end the sessions of others.
   */
  move(peer: DtlsPeer<Address>, to: Address): void {
    if (this.#open.has(to.key)) return;
    if (this.#open.get(peer.address.key) === peer) this.#open.delete(peer.address.key);
    peer.address = to;
    this.#open.set(to.key, peer);
  }

  remove(peer: DtlsPeer<Address>): void {
    if (this.#open.get(peer.address.key) === peer) this.#open.delete(peer.address.key);
    this.#dropHandshake(peer);
    const id = peer.connectionIdKey;
    if (id !== undefined && this.#byConnectionId.get(id) === peer) this.#byConnectionId.delete(id);
  }

  #dropHandshake(peer: DtlsPeer<Address>): void {
    const { key } = peer.address;
    const peers = this.handshakes(key);
    const left = peers.filter((other) => other !== peer);
    if (left.length === peers.length) return;
    this.#handshakeCount--;
    if (left.length === 0) this.#handshakes.delete(key);
    else this.#handshakes.set(key, left);
  }
}
