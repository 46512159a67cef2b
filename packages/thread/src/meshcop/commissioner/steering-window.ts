import type { Instant } from '@selvage/core';
import type { JoinerAdmissionOutput } from './admission-io.js';
import type { JoinerEntry } from './joiner-table.js';

type JoinerNews = Extract<JoinerAdmissionOutput, { readonly kind: 'joiner' }>;

/** A list of so many is told to the network whole: so many can try at once. */
const shortList = 64;
/** So many of a longer one at first, and in a crowd: a Bloom filter of 16 bytes with many more takes strangers in. */
const leastWidth = 16;
/** So many that have knocked and not joined are a crowd, few, or one that comes alone. */
const [crowd, few, alone] = [12, 3, 1] as const;
/** How many more are expected while few knock. */
const widening = 4;
/** Milliseconds from one change to the next: each goes through the whole of the mesh. */
const pace = 5000;
/** Who has knocked and is not heard of any more has gone, milliseconds. */
const knockLasts = 60_000;
/** Who has joined may be back for the key that was lost on its way, milliseconds. */
const comesBackWithin = 15_000;

/**
 * Which part of a long list the network is told to expect (Thread 1.3 §8.4.4.3). Joiners that do not find themselves in
 * the steering data begin no handshake, and look again later: so hundreds that are switched on at once do not fill the
 * air with handshakes of which none comes to its end. The window is narrow in a crowd, grows while few knock, and doubles
 * while nobody does, or one alone: a list of 250 that is waited for is open as a whole after 20 s. Those who have knocked
 * are let in before those who may not be there at all; whoever joins makes place. Nobody is refused who knocks from
 * outside of it.
 */
export class SteeringWindow {
  #width: number = leastWidth;
  #next: Instant = Infinity;
  /** When each knocked last that has not joined, in the order in which they came. */
  readonly #knocked = new Map<JoinerEntry, Instant>();
  readonly #joined = new Map<JoinerEntry, Instant>();
  #open: readonly JoinerEntry[] = [];

  /** When {@link update} is due though the list is the same. */
  get deadline(): Instant {
    return this.#next;
  }

  /** Whom the network is to expect. */
  get open(): readonly JoinerEntry[] {
    return this.#open;
  }

  /** What happened to a joiner. */
  follow({ entry, progress }: JoinerNews, now: Instant): void {
    if (entry === undefined) return;
    if (progress.kind === 'step' && progress.step === 'handshake') this.knocked(entry, now);
    if (progress.kind === 'left') this.joined(entry, now);
  }

  /** Its joiner has begun a handshake. */
  knocked(entry: JoinerEntry, now: Instant): void {
    this.#joined.delete(entry);
    this.#knocked.set(entry, now);
  }

  /** Its joiner has left with the network key. */
  joined(entry: JoinerEntry, now: Instant): void {
    this.#knocked.delete(entry);
    this.#joined.set(entry, now);
  }

  /** Nobody is expected any more, and nobody remembered. */
  clear(): void {
    this.#knocked.clear();
    this.#joined.clear();
    this.#rest([]);
  }

  /** Opens it for those of the list, which has changed or not. */
  update(list: Iterable<JoinerEntry>, now: Instant): void {
    const entries = [...list];
    this.#forget(new Set(entries), now);
    if (entries.length <= shortList || entries.some(({ selector }) => selector.kind === 'any')) {
      return this.#rest(entries);
    }
    if (now >= this.#next) this.#resize(entries.length);
    if (now >= this.#next || this.#next === Infinity) this.#next = now + pace;
    const waiting = entries.filter((entry) => !this.#joined.has(entry));
    this.#open = this.#width >= waiting.length ? entries : [...this.#first(waiting), ...this.#lately(now)];
  }

  #rest(open: readonly JoinerEntry[]): void {
    this.#open = open;
    this.#width = leastWidth;
    this.#next = Infinity;
  }

  #forget(known: ReadonlySet<JoinerEntry>, now: Instant): void {
    for (const [entry, at] of this.#knocked) {
      if (!known.has(entry) || now >= at + knockLasts) this.#knocked.delete(entry);
    }
    for (const entry of this.#joined.keys()) if (!known.has(entry)) this.#joined.delete(entry);
  }

  #resize(most: number): void {
    const { size } = this.#knocked;
    if (size >= crowd) this.#width = leastWidth;
    else if (size <= alone) this.#width = Math.min(2 * this.#width, most);
    else if (size <= few) this.#width = Math.min(this.#width + widening, most);
  }

  #first(waiting: readonly JoinerEntry[]): readonly JoinerEntry[] {
    const others = waiting.filter((entry) => !this.#knocked.has(entry));
    return [...this.#knocked.keys(), ...others].slice(0, this.#width);
  }

  #lately(now: Instant): readonly JoinerEntry[] {
    return [...this.#joined].flatMap(([entry, at]) => (now < at + comesBackWithin ? [entry] : []));
  }
}
