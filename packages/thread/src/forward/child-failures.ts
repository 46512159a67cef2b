/** Frames in a row that a child did not take before it counts as gone for others (OpenThread: 4). */
const mostFailures = 4;
/** Children that are watched: a router has no more. */
const mostWatched = 511;

/** Which children do not take what is sent to them: nobody is told any more that they are here. */
export class ChildFailures {
  readonly #failures = new Map<number, number>();

  /** A frame to a child went out, or did not. */
  sent(rloc16: number, isAcknowledged: boolean): void {
    if (isAcknowledged) return void this.#failures.delete(rloc16);
    if (this.#failures.size >= mostWatched && !this.#failures.has(rloc16)) return;
    this.#failures.set(rloc16, (this.#failures.get(rloc16) ?? 0) + 1);
  }

  isGone(rloc16: number): boolean {
    return (this.#failures.get(rloc16) ?? 0) >= mostFailures;
  }

  forget(rloc16: number): void {
    this.#failures.delete(rloc16);
  }

  clear(): void {
    this.#failures.clear();
  }
}
