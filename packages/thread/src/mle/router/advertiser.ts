import type { Entropy, Instant } from '@selvage/core';
import { mostInterval, resetTrickle, startTrickle, stepTrickle, type Trickle, trickleDeadline } from '../trickle.js';

/**
 * When a full device advertises (Thread 1.3 §5.16): a router by a trickle timer, and an end device that could be a router
 * about every ten minutes.
 */
type Advertising =
  | { readonly kind: 'silent' }
  | { readonly kind: 'router'; readonly trickle: Trickle }
  | { readonly kind: 'end-device'; readonly at: Instant; readonly quietUntil: Instant };

/** Milliseconds between advertisements of an end device (OpenThread's). */
const [leastPause, mostPause] = [570_000, 630_000] as const;
/** Milliseconds within which it says out of turn that it is there, and after which it may do so again. */
const [soon, quiet] = [4000, 30_000] as const;
const least = 1000;

/** Says when an advertisement is due. */
export class Advertiser {
  readonly #entropy: Entropy;
  /** Neighbouring routers with a good link. */
  readonly #neighbours: () => number;
  #advertising: Advertising = { kind: 'silent' };

  constructor(entropy: Entropy, neighbours: () => number) {
    this.#entropy = entropy;
    this.#neighbours = neighbours;
  }

  get deadline(): Instant {
    switch (this.#advertising.kind) {
      case 'silent':
        return Infinity;
      case 'router':
        return trickleDeadline(this.#advertising.trickle);
      case 'end-device':
        return this.#advertising.at;
    }
  }

  /** As a router from now on, the first interval of any length that there is. */
  startRouter(now: Instant): void {
    const interval = least + this.#fraction() * (mostInterval(this.#neighbours()) - least);
    this.#advertising = { kind: 'router', trickle: startTrickle(now, this.#fraction(), interval) };
  }

  /** As an end device from now on. */
  startEndDevice(now: Instant): void {
    const at = now + leastPause + this.#fraction() * (mostPause - leastPause);
    this.#advertising = { kind: 'end-device', at, quietUntil: now + quiet };
  }

  /** As an end device somebody is heard who should know of it: a lesser partition may hear nobody else of ours. */
  hurry(now: Instant): void {
    if (this.#advertising.kind !== 'end-device' || now < this.#advertising.quietUntil) return;
    const at = Math.min(this.#advertising.at, now + this.#fraction() * soon);
    this.#advertising = { kind: 'end-device', at, quietUntil: Infinity };
  }

  stop(): void {
    this.#advertising = { kind: 'silent' };
  }

  /** Something changed that neighbours should know soon. */
  reset(now: Instant): void {
    if (this.#advertising.kind !== 'router') return;
    const trickle = resetTrickle(this.#advertising.trickle, now, this.#fraction());
    this.#advertising = { kind: 'router', trickle };
  }

  /** Whether an advertisement is due. */
  tick(now: Instant): boolean {
    if (now < this.deadline) return false;
    if (this.#advertising.kind === 'end-device') {
      this.startEndDevice(now);
      return true;
    }
    if (this.#advertising.kind === 'silent') return false;
    const most = mostInterval(this.#neighbours());
    const { trickle, send } = stepTrickle(this.#advertising.trickle, now, this.#fraction(), most);
    this.#advertising = { kind: 'router', trickle };
    return send;
  }

  #fraction(): number {
    const bytes = new Uint8Array(4);
    this.#entropy.fill(bytes);
    return new DataView(bytes.buffer).getUint32(0) / 0x1_0000_0000;
  }
}
