import type { Show } from './show.js';

/** What must have been seen for the show to be true; its exit code says whether all of it was. */
export class Expectations {
  readonly #show: Show;
  readonly #missed: string[] = [];
  #observed = 0;

  constructor(show: Show) {
    this.#show = show;
  }

  /** Tells whether `what`, a sentence, was observed, and remembers it. */
  observe(what: string, observed: boolean): void {
    if (observed) this.#observed++;
    else this.#missed.push(what);
    this.#show.tell({ event: 'expectation', what, observed });
  }

  /** Tells the end. Returns whether everything was observed. */
  conclude(): boolean {
    const ok = this.#missed.length === 0;
    this.#show.tell({ event: 'end', ok, observed: this.#observed, missed: this.#missed });
    return ok;
  }
}
