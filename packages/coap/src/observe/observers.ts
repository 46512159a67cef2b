import type { Instant, PeerAddress } from '@selvage/core';
import type { CoapLimits } from '../endpoint/limits.js';
import { tokenKey } from '../message/token.js';
import type { Peer } from '../messaging/peer.js';
import type { ServerExchange } from '../server/exchange.js';
import type { ServerRequest } from '../server/request.js';
import type { SendingWorld } from '../server/sending-world.js';
import { type NotificationType, Observer, type ObserverTable } from './observer.js';

/** What the observers of a server stand on. */
export interface ObserversWorld<Address extends PeerAddress> {
  readonly limits: CoapLimits;
  readonly notifications: NotificationType;
  readonly sending: SendingWorld<Address>;
  readonly serve: (exchange: ServerExchange<Address>) => void;
}

/** Observe values have 24 bits. */
const sequenceMask = 0xff_ffff;

/** The observers of all resources of a server, RFC 7641 §4.1: one a peer and token. */
export class Observers<Address extends PeerAddress> implements ObserverTable<Address> {
  readonly #world: ObserversWorld<Address>;
  readonly #byName = new Map<string, Observer<Address>>();
  readonly #byPath = new Map<string, Set<Observer<Address>>>();
  #sequence = 0;

  constructor(world: ObserversWorld<Address>) {
    this.#world = world;
  }

  get size(): number {
    return this.#byName.size;
  }

  /**
   * The next Observe value. All observers share the count, so that it grows for each of them, also from one observation
   * to the next of the same resource.
   */
  nextSequence(): number {
    this.#sequence = (this.#sequence + 1) & sequenceMask;
    return this.#sequence;
  }

  /** Takes on an observer; undefined when there are too many, and then the client is served without being told. */
  register(
    peer: Peer<Address>,
    token: Uint8Array,
    code: number,
    request: ServerRequest<Address>,
    now: Instant,
  ): Observer<Address> | undefined {
    this.deregister(peer, token, now);
    const { limits, sending: world, serve, notifications } = this.#world;
    if (this.size >= limits.observers || peer.observing >= limits.observersPerPeer) return undefined;
    const parts = { world, peer, token, code, request, serve, notifications, observers: this };
    const observer = new Observer(parts, now);
    this.#byName.set(nameOf(peer, token), observer);
    const same = this.#byPath.get(request.path) ?? new Set();
    this.#byPath.set(request.path, same.add(observer));
    peer.observing++;
    peer.uses++;
    return observer;
  }

  /** The client no longer wants to be told. */
  deregister(peer: Peer<Address>, token: Uint8Array, now: Instant): void {
    this.remove(this.#byName.get(nameOf(peer, token)), now);
  }

  /** A resource has changed: each of its observers is to be told. */
  changed(path: string, now: Instant): void {
    for (const observer of this.#byPath.get(path) ?? []) observer.changed(now);
  }

  /** How many observe a resource. */
  count(path: string): number {
    return this.#byPath.get(path)?.size ?? 0;
  }

  remove(observer: Observer<Address> | undefined, now: Instant): void {
    if (observer === undefined) return;
    const { peer, token, request } = observer;
    const name = nameOf(peer, token);
    if (this.#byName.get(name) !== observer) return;
    this.#byName.delete(name);
    const same = this.#byPath.get(request.path);
    same?.delete(observer);
    if (same?.size === 0) this.#byPath.delete(request.path);
    peer.observing--;
    peer.uses--;
    observer.end(now);
  }

  removePeer(peer: Peer<Address>, now: Instant): void {
    for (const observer of this.#byName.values()) {
      if (observer.peer === peer) this.remove(observer, now);
    }
  }
}

function nameOf<Address extends PeerAddress>({ address }: Peer<Address>, token: Uint8Array): string {
  return `${address.key}\n${tokenKey(token)}`;
}
