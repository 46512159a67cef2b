import type { Instant } from '@selvage/core';
import type { FrameCipher } from './frame-cipher.js';
import type { Neighbour } from './neighbour.js';

/** The share of a new frame in the smoothed strength. */
const smoothing = 1 / 8;
/** Ciphers of as many key sequences are kept. */
const mostCiphers = 3;

/** What a frame counter says of a frame. */
export type Freshness = 'fresh' | 'duplicate' | 'replayed';

/** A neighbour as the link itself sees it. */
export class NeighbourEntry implements Neighbour {
  readonly extended: Uint8Array;
  short: number | undefined;
  receiveOn = true;
  isChild = false;
  averageRssi: number | undefined;
  lastRssi: number | undefined;
  lastHeard: Instant | undefined;
  #keySequence = 0;
  #nextFrameCounter = 0;
  readonly #ciphers = new Map<number, FrameCipher>();

  constructor(extended: Uint8Array) {
    this.extended = Uint8Array.from(extended);
  }

  get keySequence(): number {
    return this.#keySequence;
  }

  get nextFrameCounter(): number {
    return this.#nextFrameCounter;
  }

  setCounter(keySequence: number, nextFrameCounter: number): void {
    this.#keySequence = keySequence;
    this.#nextFrameCounter = nextFrameCounter;
  }

  /** A sequence above the last one starts counting anew; one below is over for good. */
  freshness(keySequence: number, frameCounter: number): Freshness {
    if (keySequence > this.#keySequence) return 'fresh';
    if (keySequence < this.#keySequence) return 'replayed';
    if (frameCounter >= this.#nextFrameCounter) return 'fresh';
    return frameCounter + 1 === this.#nextFrameCounter ? 'duplicate' : 'replayed';
  }

  /** A frame was authentic and fresh. */
  accept(keySequence: number, frameCounter: number): void {
    this.#keySequence = keySequence;
    this.#nextFrameCounter = frameCounter + 1;
  }

  hear(rssi: number, now: Instant): void {
    this.lastRssi = rssi;
    this.averageRssi = this.averageRssi === undefined ? rssi : this.averageRssi + (rssi - this.averageRssi) * smoothing;
    this.lastHeard = now;
  }

  /** What opens its frames of a key sequence; made once. */
  cipher(keySequence: number, make: () => FrameCipher): FrameCipher {
    let cipher = this.#ciphers.get(keySequence);
    if (cipher !== undefined) return cipher;
    cipher = make();
    const [oldest] = this.#ciphers.keys();
    if (this.#ciphers.size >= mostCiphers && oldest !== undefined) this.#drop(oldest);
    this.#ciphers.set(keySequence, cipher);
    return cipher;
  }

  forget(): void {
    for (const keySequence of [...this.#ciphers.keys()]) this.#drop(keySequence);
  }

  #drop(keySequence: number): void {
    this.#ciphers.get(keySequence)?.destroy();
    this.#ciphers.delete(keySequence);
  }
}
