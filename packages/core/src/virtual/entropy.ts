import { SelvageError } from '../errors/error.js';
import type { Entropy } from '../ports.js';
import { type Seed, SeededRandom } from './seeded-random.js';

/**
 * Entropy that replays from a seed. **For tests and simulated worlds only; it must never serve a real device**: who
 * knows the seed, or sees enough output, knows every key. Print it to know how to replay: `SeededEntropy(seed=7)`.
 */
export class SeededEntropy implements Entropy {
  /** What the entropy was made from. */
  readonly seed: Seed;
  /** Set on every source that is not random, so that what composes a real device can refuse it. */
  readonly predictable = true;
  readonly #random: SeededRandom;

  constructor(seed: Seed) {
    this.seed = seed;
    this.#random = new SeededRandom(seed);
  }

  fill(target: Uint8Array): void {
    this.#random.fill(target);
  }

  /** Entropy of its own for one part of a world, such as one device: it does not depend on what the others draw. */
  fork(name: string): SeededEntropy {
    return new SeededEntropy(`${this.seed}/${name}`);
  }

  toString(): string {
    return `SeededEntropy(seed=${this.seed})`;
  }
}

/** Plays given bytes back, for known-answer tests; at their end it throws `entropy-failed`, and from then on always. */
export class FixedEntropy implements Entropy {
  readonly predictable = true;
  readonly #bytes: Uint8Array;
  #offset = 0;
  #ended = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = new Uint8Array(bytes);
  }

  /** How many bytes were not asked for yet. */
  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  fill(target: Uint8Array): void {
    if (this.#ended || target.length > this.remaining) {
      this.#ended = true;
      target.fill(0);
      throw new SelvageError('entropy-failed', 'the fixed bytes are used up', {
        details: { wanted: target.length, remaining: this.remaining },
      });
    }
    target.set(this.#bytes.subarray(this.#offset, this.#offset + target.length));
    this.#offset += target.length;
  }
}

/** Fails, at once or after some good draws from another source: to see that everything stops. */
export class FailingEntropy implements Entropy {
  readonly #good: Entropy | undefined;
  #goodDraws: number;

  constructor(good?: Entropy, goodDraws = good === undefined ? 0 : 1) {
    this.#good = good;
    this.#goodDraws = goodDraws;
  }

  fill(target: Uint8Array): void {
    if (this.#good === undefined || this.#goodDraws <= 0) {
      target.fill(0);
      throw new SelvageError('entropy-failed', 'this source of random bytes fails on purpose');
    }
    this.#goodDraws--;
    this.#good.fill(target);
  }
}
