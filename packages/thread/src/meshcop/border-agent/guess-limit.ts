import type { Instant } from '@selvage/core';

interface Guesser {
  readonly tries: number;
  readonly notBefore: Instant;
}

/** Milliseconds after the first wrong passphrase of an address, doubled with each, up to the longest. */
const [firstPause, longestPause] = [2000, 300_000] as const;
/** Addresses that are remembered: those that guessed wrong, and those that proved the passphrase. */
const [mostGuessers, mostProved] = [256, 64] as const;
/** Wrong passphrases of all addresses together in a time, milliseconds. */
const [mostTogether, period] = [30, 60_000] as const;
/** So many of them at most are left to addresses that never proved the passphrase. */
const mostOfStrangers = 20;

/**
 * How often passphrases may be tried at an agent: slowed for each address, and limited for all together, as a guesser may
 * have any number of addresses. What is kept from strangers is for addresses whose last try was right: a flood of guesses does
 * not keep those out whom the agent knows, and the bound of all together stays what it is.
 *
 * An address proves no more than that its owner gets what is sent there, which the handshake's cookie shows. One who takes
 * a known address over has one wrong guess from the part that is kept, and is a stranger then.
 */
export class GuessLimit {
  readonly #guessers = new Map<string, Guesser>();
  readonly #proved = new Set<string>();
  #wrongAt: Instant[] = [];

  /** @param underWay handshakes of everybody: each may turn out to be a wrong guess */
  allows(from: string, now: Instant, underWay: number): boolean {
    const address = hostOf(from);
    this.#wrongAt = this.#wrongAt.filter((at) => at > now - period);
    const most = this.#proved.has(address) ? mostTogether : mostOfStrangers;
    if (this.#wrongAt.length + underWay >= most) return false;
    return now >= (this.#guessers.get(address)?.notBefore ?? -Infinity);
  }

  wrong(from: string, now: Instant): void {
    const address = hostOf(from);
    this.#wrongAt.push(now);
    this.#proved.delete(address);
    const tries = (this.#guessers.get(address)?.tries ?? 0) + 1;
    this.#guessers.delete(address);
    this.#guessers.set(address, { tries, notBefore: now + Math.min(firstPause * 2 ** (tries - 1), longestPause) });
    if (this.#guessers.size > mostGuessers) this.#guessers.delete(oldestOf(this.#guessers.keys()));
  }

  proved(from: string): void {
    const address = hostOf(from);
    this.#guessers.delete(address);
    this.#proved.delete(address);
    this.#proved.add(address);
    if (this.#proved.size > mostProved) this.#proved.delete(oldestOf(this.#proved.values()));
  }
}

/** Maps and sets keep the order in which things came. */
function oldestOf(addresses: Iterable<string>): string {
  const [oldest = ''] = addresses;
  return oldest;
}

/** A guesser has as many ports as it likes. */
function hostOf(address: string): string {
  return address.replace(/:\d+$/, '');
}
