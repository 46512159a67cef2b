import { toHex } from '@selvage/core';

interface Known {
  keySequence: number;
  nextCounter: number;
}

/** The MLE counters of those who are known: what repeats is dropped. Strangers are not checked: challenges are. */
export class MleNeighbours {
  readonly #known = new Map<string, Known>();

  /** From now on counters below this one are not taken. */
  enter(extended: Uint8Array, keySequence: number, nextCounter: number): void {
    this.#known.set(toHex(extended), { keySequence, nextCounter });
  }

  remove(extended: Uint8Array): void {
    this.#known.delete(toHex(extended));
  }

  /** Another network key is in use: everybody counts anew. */
  restart(): void {
    for (const known of this.#known.values()) {
      known.keySequence = 0;
      known.nextCounter = 0;
    }
  }

  /** All of them as text, `extended sequence.counter`. */
  list(): string[] {
    return [...this.#known].map(([name, { keySequence, nextCounter }]) => `${name} ${keySequence}.${nextCounter}`);
  }

  clear(): void {
    this.#known.clear();
  }

  has(extended: Uint8Array): boolean {
    return this.#known.has(toHex(extended));
  }

  /** Whether a message may be new: its key sequence is not over, and its counter was not used. */
  isFresh(extended: Uint8Array, keySequence: number, counter: number): boolean {
    const known = this.#known.get(toHex(extended));
    if (known === undefined || keySequence > known.keySequence) return true;
    return keySequence === known.keySequence && counter >= known.nextCounter;
  }

  /** It was authentic. */
  accept(extended: Uint8Array, keySequence: number, counter: number): void {
    const known = this.#known.get(toHex(extended));
    if (known === undefined) return;
    known.keySequence = keySequence;
    known.nextCounter = counter + 1;
  }
}
