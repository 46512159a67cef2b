import type { Instant } from '@selvage/core';

interface Guesser {
  readonly tries: number;
  readonly notBefore: Instant;
}

/** Milliseconds after the first wrong passphrase of an address, doubled with each, up to the longest. */
const [firstPause, longestPause] = [2000, 300_000] as const;
const mostGuessers = 256;
/** Wrong passphrases of all addresses together in a time, milliseconds, before everybody has to wait. */
const [mostTogether, period] = [30, 60_000] as const;

/** How often passphrases may be tried at an agent: slowed for each address, and limited for all together. */
export class GuessLimit {
  readonly #guessers = new Map<string, Guesser>();
  #wrongAt: Instant[] = [];

  /** @param underWay handshakes of everybody: each may turn out to be a wrong guess */
  allows(address: string, now: Instant, underWay: number): boolean {
    this.#wrongAt = this.#wrongAt.filter((at) => at > now - period);
    if (this.#wrongAt.length + underWay >= mostTogether) return false;
    return now >= (this.#guessers.get(hostOf(address))?.notBefore ?? -Infinity);
  }

  wrong(from: string, now: Instant): void {
    const address = hostOf(from);
    this.#wrongAt.push(now);
    const tries = (this.#guessers.get(address)?.tries ?? 0) + 1;
    this.#guessers.delete(address);
    this.#guessers.set(address, { tries, notBefore: now + Math.min(firstPause * 2 ** (tries - 1), longestPause) });
    if (this.#guessers.size <= mostGuessers) return;
    const [oldest = ''] = this.#guessers.keys();
    this.#guessers.delete(oldest);
  }

  proved(address: string): void {
    this.#guessers.delete(hostOf(address));
  }
}

/** A guesser has as many ports as it likes. */
function hostOf(address: string): string {
  return address.replace(/:\d+$/, '');
}
