import { type Entropy, type Instant, type PeerAddress } from '@selvage/core';
import { constantTimeEqual, type CryptoCore } from '@selvage/crypto';
import { headLength } from '../blockwise/room.js';
import type { Content } from '../messaging/delivery.js';
import type { Peer } from '../messaging/peer.js';

/** How Echo is used, RFC 9175. */
export interface EchoOptions {
  /** Makes and checks the values. */
  readonly core: CryptoCore;
  /** How old a request with an Echo may be and still be fresh, ms. Default 10 000. */
  readonly lifetime?: number;
  /**
   * A response to a peer that has not shown that it receives at its address may have this many times the bytes of the
   * request; a larger one, whatever changes something and an observation wait for the Echo (RFC 9175 §2.4 item 3). Leave it out where the port
   * knows its peers, as DTLS does.
   */
  readonly amplification?: number;
}

const secretLength = 32;
const timeLength = 6;
const macLength = 8;
const defaultLifetime = 10_000;
/** How long a peer that came back with its Echo is taken to be where it says, ms. */
const reachableFor = 247_000;

/**
 * Echo values (RFC 9175 §2): the time and a MAC over it and the peer's address, so nothing is kept until the value comes
 * back. It shows both that the request is fresh and that the peer receives where it claims to be.
 */
export class EchoGuard {
  readonly #core: CryptoCore;
  readonly #lifetime: number;
  readonly #amplification: number | undefined;
  readonly #secret = new Uint8Array(secretLength);

  constructor({ core, lifetime = defaultLifetime, amplification }: EchoOptions, entropy: Entropy) {
    this.#core = core;
    this.#lifetime = lifetime;
    this.#amplification = amplification;
    entropy.fill(this.#secret);
  }

  /** The value for a peer, 14 bytes. */
  value(address: PeerAddress, now: Instant): Uint8Array {
    const value = new Uint8Array(timeLength + macLength);
    // In two halves, as a time in milliseconds passes 32 bits after 50 days.
    const time = Math.floor(now);
    const view = new DataView(value.buffer);
    view.setUint16(0, Math.floor(time / 2 ** 32));
    view.setUint32(2, time >>> 0);
    value.set(this.#mac(value.subarray(0, timeLength), address), timeLength);
    return value;
  }

  /** Whether the value was made for the peer, and lately. */
  isFresh(value: Uint8Array, address: PeerAddress, now: Instant): boolean {
    if (value.length !== timeLength + macLength) return false;
    const time = value.subarray(0, timeLength);
    if (!constantTimeEqual(this.#mac(time, address), value.subarray(timeLength))) return false;
    const view = new DataView(value.buffer, value.byteOffset);
    const made = view.getUint16(0) * 2 ** 32 + view.getUint32(2);
    return made <= now && now - made <= this.#lifetime;
  }

  /** Notes that a peer came back with a value of its own. */
  reached<Address extends PeerAddress>(peer: Peer<Address>, now: Instant): void {
    peer.reachableUntil = now + reachableFor;
  }

  /** Whether the peer must show first that it receives where it claims to be. */
  doubts<Address extends PeerAddress>(peer: Peer<Address>, now: Instant): boolean {
    return this.#amplification !== undefined && peer.reachableUntil <= now;
  }

  /** Whether a response is too large for a request, as the peer has not shown yet that it receives where it claims to be. */
  mustProve<Address extends PeerAddress>(
    { peer, length }: { readonly peer: Peer<Address>; readonly length: number },
    { options, payload }: Content,
    now: Instant,
  ): boolean {
    if (this.#amplification === undefined || !this.doubts(peer, now)) return false;
    return headLength(options) + payload.length > length * this.#amplification;
  }

  #mac(time: Uint8Array, { key }: PeerAddress): Uint8Array {
    return this.#core.hmac('sha256', this.#secret, time, encoder.encode(key)).subarray(0, macLength);
  }
}

const encoder = new TextEncoder();
