import { concat, type Entropy, SelvageError } from '@selvage/core';
import type { CapturedHandshake } from './captured-handshakes.js';

/** Bytes that a CoAP endpoint draws at a time. */
const poolSize = 128;
const scalarLength = 32;

/**
 * Entropy that yields what another implementation drew, in the order in which ours asks: hellos, scalars, nonces and
 * session IDs by 32 bytes, and what CoAP makes message IDs and tokens of by 128. It fails where it is asked for more.
 */
export class ReplayedEntropy implements Entropy {
  readonly #scalars: Uint8Array[];
  readonly #pools: Uint8Array[];

  constructor(scalars: readonly Uint8Array[], pools: readonly Uint8Array[] = []) {
    this.#scalars = [...scalars];
    this.#pools = [...pools];
  }

  /** Draws that nobody has asked for. */
  get remaining(): number {
    return this.#scalars.length + this.#pools.length;
  }

  fill(target: Uint8Array): void {
    const drawn = target.length === poolSize ? this.#pools.shift() : this.#scalars.shift();
    if (drawn?.length !== target.length) {
      throw new SelvageError('entropy-failed', `the capture has no ${target.length} random bytes here`);
    }
    target.set(drawn);
  }
}

/** What our client draws in a handshake, that of the capture. */
export function drawsOfClient(handshake: CapturedHandshake): readonly Uint8Array[] {
  const { random, roundOne, roundTwoNonce } = handshake.drawnBy('client');
  return [random, ...roundOne, roundTwoNonce];
}

/** What our server draws, its secret for cookies first. */
export function drawsOfServer(handshake: CapturedHandshake, cookieSecret: Uint8Array): readonly Uint8Array[] {
  const { random, roundOne, roundTwoNonce } = handshake.drawnBy('server');
  return [cookieSecret, random, ...roundOne, handshake.sessionId, roundTwoNonce];
}

/** The secret by which {@link coreWithCookie} knows what is a cookie. */
export const cookieSecret = new Uint8Array(scalarLength).fill(0xc0);

/** A core whose cookie is the captured one: which key another server made its cookies with nobody logged. */
export function coreWithCookie<Core extends { hmac(hash: never, key: Uint8Array, ...parts: Uint8Array[]): Uint8Array }>(
  core: Core,
  cookie: Uint8Array,
): Core {
  const hmac: Core['hmac'] = (hash, key, ...parts) =>
    String(key) === String(cookieSecret) ? cookie.slice() : core.hmac(hash, key, ...parts);
  return { ...core, hmac };
}

/** A pool of random bytes that begins so. */
export function pool(...draws: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(poolSize);
  bytes.set(concat(...draws));
  return bytes;
}

/** The pools of several CoAP endpoints that share their entropy, from what each takes out of its own, in order. */
export class PlannedPools {
  /** In the order in which they are drawn. */
  readonly pools: Uint8Array[] = [];
  readonly #current = new Map<string, { readonly bytes: Uint8Array; used: number }>();

  /** The endpoint takes these bytes next; what is left of its pool is dropped where they have no room in it. */
  draw(endpoint: string, bytes: Uint8Array): void {
    let current = this.#current.get(endpoint);
    if (current === undefined || current.used + bytes.length > poolSize) {
      current = { bytes: new Uint8Array(poolSize), used: 0 };
      this.#current.set(endpoint, current);
      this.pools.push(current.bytes);
    }
    current.bytes.set(bytes, current.used);
    current.used += bytes.length;
  }
}
