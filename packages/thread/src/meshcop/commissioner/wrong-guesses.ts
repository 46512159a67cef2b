import { type Instant, toHex } from '@selvage/core';

interface Guesser {
  readonly tries: number;
  readonly notBefore: Instant;
}

/** Guessers that are remembered; the one that was quiet for the longest time is forgotten first. */
const mostGuessers = 256;
/** Milliseconds after the first wrong passphrase, doubled with each, up to the longest. */
const [firstPause, longestPause] = [5000, 300_000] as const;

/** Who tried wrong passphrases lately: each has to wait before it tries again, longer each time. */
export class WrongGuesses {
  readonly #guessers = new Map<string, Guesser>();

  isPaused(joinerId: Uint8Array, now: Instant): boolean {
    const guesser = this.#guessers.get(toHex(joinerId));
    return guesser !== undefined && now < guesser.notBefore;
  }

  add(joinerId: Uint8Array, now: Instant): void {
    const key = toHex(joinerId);
    const tries = (this.#guessers.get(key)?.tries ?? 0) + 1;
    this.#guessers.delete(key);
    this.#guessers.set(key, { tries, notBefore: now + Math.min(firstPause * 2 ** (tries - 1), longestPause) });
    if (this.#guessers.size <= mostGuessers) return;
    const [oldest = ''] = this.#guessers.keys();
    this.#guessers.delete(oldest);
  }
}
