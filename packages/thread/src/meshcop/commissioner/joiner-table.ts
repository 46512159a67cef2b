import { bytesEqual, type Instant, Secret, SelvageError, toHex } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { discernerBytes, discerns, discernerText, type JoinerDiscerner } from '../credentials/joiner-discerner.js';
import { joinerIdOf } from '../credentials/joiner-id.js';
import { admitsAnybody, admitsNobody, steeringDataOf } from '../steering/steering-data.js';

/** Whom an entry is for. */
export type JoinerSelector =
  | { readonly kind: 'eui64'; readonly eui64: Uint8Array }
  | { readonly kind: 'discerner'; readonly discerner: JoinerDiscerner }
  | { readonly kind: 'any' };

/** A joiner that is to be let in. */
export interface JoinerEntry {
  readonly selector: JoinerSelector;
  /** PSKd: the table's own copy, which is wiped when the entry is taken out. */
  readonly passphrase: Secret;
  readonly until: Instant;
  /** Wrong passphrases that were tried. */
  tries: number;
  /** Handshakes under way: each may turn out to be a wrong guess. */
  underWay: number;
}

const mostEntries = 1024;
/**
 * After so many wrong passphrases an entry is taken out: a guesser gets no more. The entry for one device is for a label
 * that a person mistypes now and then; the others serve many.
 */
const mostTries = { eui64: 10, discerner: 40, any: 100 } as const;

/** Who is let in, and by which passphrase. */
export class JoinerTable {
  readonly #core: CryptoCore;
  readonly #entries = new Map<string, JoinerEntry & { readonly joinerId: Uint8Array | undefined }>();

  constructor(core: CryptoCore) {
    this.#core = core;
  }

  get entries(): Iterable<JoinerEntry> {
    return this.#entries.values();
  }

  get size(): number {
    return this.#entries.size;
  }

  get deadline(): Instant {
    let least = Infinity;
    for (const { until } of this.#entries.values()) least = Math.min(least, until);
    return least;
  }

  /**
   * An entry for somebody takes the place of the one there was. The passphrase is copied: whoever gave it may dispose of it.
   * @throws SelvageError `too-many-peers`
   */
  add(selector: JoinerSelector, passphrase: Secret, until: Instant): JoinerEntry {
    const key = selectorText(selector);
    if (!this.#entries.has(key) && this.#entries.size >= mostEntries) {
      throw new SelvageError('too-many-peers', `${mostEntries} joiners are admitted already`);
    }
    const joinerId = selector.kind === 'eui64' ? joinerIdOf(this.#core, selector.eui64) : undefined;
    const copy = Secret.of(passphrase.reveal());
    const entry = { selector, passphrase: copy, until, tries: 0, underWay: 0, joinerId };
    this.#entries.get(key)?.passphrase.dispose();
    this.#entries.set(key, entry);
    return entry;
  }

  /** False where there is none. */
  remove(selector: JoinerSelector): boolean {
    return this.#takeOut(selectorText(selector));
  }

  clear(): void {
    for (const key of this.#entries.keys()) this.#takeOut(key);
  }

  /** Takes out those whose time is over. */
  expire(now: Instant): readonly JoinerEntry[] {
    const over = [...this.#entries].filter(([, { until }]) => until <= now);
    for (const [key] of over) this.#takeOut(key);
    return over.map(([, entry]) => entry);
  }

  /** The entry for a joiner: its own before one by its last bits, the longest first, before the one for anybody. */
  find(joinerId: Uint8Array): JoinerEntry | undefined {
    let best: JoinerEntry | undefined;
    let bestRank = -1;
    for (const entry of this.#entries.values()) {
      const rank = rankOf(entry, joinerId);
      if (rank > bestRank) [best, bestRank] = [entry, rank];
    }
    return best;
  }

  /** Whether one more handshake is no guess too many. */
  hasTriesLeft({ selector, tries, underWay }: JoinerEntry): boolean {
    return tries + underWay < mostTries[selector.kind];
  }

  /** A wrong passphrase was tried. False where the entry was taken out for it. */
  guessed(entry: JoinerEntry): boolean {
    entry.tries++;
    if (entry.tries < mostTries[entry.selector.kind]) return true;
    const key = selectorText(entry.selector);
    if (this.#entries.get(key) === entry) this.#takeOut(key);
    return false;
  }

  /** A handshake under way has made of the passphrase what it needs, and goes on. */
  #takeOut(key: string): boolean {
    this.#entries.get(key)?.passphrase.dispose();
    return this.#entries.delete(key);
  }

  /** What makes these joiners try, and others not. */
  get steeringData(): Uint8Array {
    return this.steeringDataOf(this.entries);
  }

  /** The same of a part of the list; who is on it no longer is left out. */
  steeringDataOf(entries: Iterable<JoinerEntry>): Uint8Array {
    const members: Uint8Array[] = [];
    for (const { selector } of entries) {
      const entry = this.#entries.get(selectorText(selector));
      if (entry === undefined) continue;
      if (selector.kind === 'any') return admitsAnybody;
      if (selector.kind === 'discerner') members.push(discernerBytes(selector.discerner));
      else if (entry.joinerId !== undefined) members.push(entry.joinerId);
    }
    return members.length === 0 ? admitsNobody : steeringDataOf(members);
  }
}

/** `any`, an EUI-64 in hexadecimal, or a discerner. */
export function selectorText(selector: JoinerSelector): string {
  switch (selector.kind) {
    case 'eui64':
      return toHex(selector.eui64);
    case 'discerner':
      return discernerText(selector.discerner);
    case 'any':
      return 'any';
  }
}

function rankOf(entry: JoinerEntry & { readonly joinerId: Uint8Array | undefined }, joinerId: Uint8Array): number {
  const { selector } = entry;
  switch (selector.kind) {
    case 'eui64':
      return entry.joinerId !== undefined && bytesEqual(entry.joinerId, joinerId) ? 100 : -1;
    case 'discerner':
      return discerns(selector.discerner, joinerId) ? selector.discerner.length : -1;
    case 'any':
      return 0;
  }
}
