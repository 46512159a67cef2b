/** What an {@link Expectations} tells of. */
export type ExpectationEvent =
  | { readonly event: 'expectation'; readonly what: string; readonly observed: boolean }
  | { readonly event: 'end'; readonly ok: boolean; readonly observed: number; readonly missed: readonly string[] };

/** What must have been seen for a show to be true; its exit code says whether all of it was. */
export class Expectations {
  readonly #show: { tell(event: ExpectationEvent): void };
  readonly #missed: string[] = [];
  #observed = 0;

  constructor(show: { tell(event: ExpectationEvent): void }) {
    this.#show = show;
  }

  /** Tells whether `what`, a sentence, was observed, and remembers it. */
  observe(what: string, observed: boolean): void {
    if (observed) this.#observed++;
    else this.#missed.push(what);
    this.#show.tell({ event: 'expectation', what, observed });
  }

  /** Whether everything was observed so far. */
  get ok(): boolean {
    return this.#missed.length === 0;
  }

  /** Tells the end. Returns whether everything was observed. */
  conclude(): boolean {
    this.#show.tell({ event: 'end', ok: this.ok, observed: this.#observed, missed: this.#missed });
    return this.ok;
  }
}
