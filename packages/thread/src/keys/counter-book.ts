import type { CounterRecord } from './counter-record.js';
import { FrameCounter, lastFrameCounter } from './frame-counter.js';

/** Numbers that one durable write reserves; a write is due when half of them are left. */
const reserve = 2000;
/** From here on the sequence is to be left: what remains is for what is on its way. */
const nearlySpent = lastFrameCounter - 0x1_0000;

/** The MAC and the MLE counter of the current key sequence, stored ahead in one record. */
export class CounterBook {
  #sequence: number;
  #mac: FrameCounter;
  #mle: FrameCounter;
  /** The sequence before, and what is left of its durable MAC counters: never more than one reservation. */
  #former: { readonly sequence: number; readonly mac: FrameCounter } | undefined;

  constructor({ keySequence, macLimit, mleLimit }: CounterRecord) {
    this.#sequence = keySequence;
    this.#mac = new FrameCounter(macLimit);
    this.#mle = new FrameCounter(mleLimit);
  }

  get mac(): FrameCounter {
    return this.#mac;
  }

  get mle(): FrameCounter {
    return this.#mle;
  }

  /**
   * The next MAC counter of the sequence that was left last, for a neighbour that has not followed yet. After a power
   * cut there are none: counting then is of the durable sequence alone.
   */
  takeFormer(sequence: number): number | undefined {
    return this.#former?.sequence === sequence ? this.#former.mac.take() : undefined;
  }

  /** Whether a new record is to be stored. */
  get isLow(): boolean {
    return isLow(this.#mac) || isLow(this.#mle);
  }

  get isNearlySpent(): boolean {
    return this.#mac.next >= nearlySpent || this.#mle.next >= nearlySpent;
  }

  /** The record that reserves what comes next. */
  reservation(): CounterRecord {
    const limit = ({ next }: FrameCounter): number => Math.min(next + reserve, lastFrameCounter);
    return { keySequence: this.#sequence, macLimit: limit(this.#mac), mleLimit: limit(this.#mle) };
  }

  /** A record is durable. One of another sequence is of no use here. */
  stored({ keySequence, macLimit, mleLimit }: CounterRecord): void {
    if (keySequence !== this.#sequence) return;
    this.#mac.allow(macLimit);
    this.#mle.allow(mleLimit);
  }

  /** Counting starts anew: no number was given under a sequence that was never used before. */
  restart(sequence: number): void {
    this.#former = { sequence: this.#sequence, mac: this.#mac };
    this.#sequence = sequence;
    this.#mac = new FrameCounter(0);
    this.#mle = new FrameCounter(0);
  }
}

function isLow(counter: FrameCounter): boolean {
  return counter.left <= reserve / 2 && counter.next + counter.left < lastFrameCounter;
}
