import { type Entropy, type Instant } from '@selvage/core';
import { constantTimeEqual, type CryptoCore } from '@selvage/crypto';
import type { ClientHelloHead } from '../protocol/hello.js';

const secretLength = 32;

/**
 * The cookies of RFC 6347 §4.2.1: an HMAC over the client's address and the head of its ClientHello, so that the server
 * keeps nothing until the client has shown that it receives at the address it sends from. The secret changes with time,
 * and the one before still counts, so a cookie is good for one to two lifetimes.
 *
 * Only the head (version, random, session ID) is covered: it stands in the first fragment even of a ClientHello that
 * has to be fragmented, and its random stands for the rest.
 */
export class CookieJar {
  readonly #core: CryptoCore;
  readonly #entropy: Entropy;
  readonly #lifetime: number;
  #current: Uint8Array | undefined;
  #previous: Uint8Array | undefined;
  #changesAt: Instant = Number.NEGATIVE_INFINITY;

  /** @param lifetime of a secret, in ms. */
  constructor(core: CryptoCore, entropy: Entropy, lifetime = 60_000) {
    this.#core = core;
    this.#entropy = entropy;
    this.#lifetime = lifetime;
  }

  /** The cookie, 32 bytes, for a client at an address. */
  bake(addressKey: string, head: ClientHelloHead, now: Instant): Uint8Array {
    this.#change(now);
    return this.#cookie(this.#current as Uint8Array, addressKey, head);
  }

  /** Whether the ClientHello brings a cookie baked for it. */
  isOurs(addressKey: string, head: ClientHelloHead, now: Instant): boolean {
    if (head.cookie.length === 0) return false;
    this.#change(now);
    return [this.#current, this.#previous].some(
      (secret) => secret !== undefined && constantTimeEqual(this.#cookie(secret, addressKey, head), head.cookie),
    );
  }

  #cookie(secret: Uint8Array, addressKey: string, head: ClientHelloHead): Uint8Array {
    const address = encoder.encode(addressKey);
    const version = Uint8Array.of(head.version >>> 8, head.version);
    const lengths = Uint8Array.of(address.length >>> 8, address.length, head.sessionId.length);
    return this.#core.hmac('sha256', secret, lengths, address, version, head.random, head.sessionId);
  }

  #change(now: Instant): void {
    if (now < this.#changesAt) return;
    // After a long silence the current secret is as old as the previous one may be.
    this.#previous = now < this.#changesAt + this.#lifetime ? this.#current : undefined;
    const fresh = new Uint8Array(secretLength);
    this.#entropy.fill(fresh);
    this.#current = fresh;
    this.#changesAt = now + this.#lifetime;
  }
}

const encoder = new TextEncoder();
