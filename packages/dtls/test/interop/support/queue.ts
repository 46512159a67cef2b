import { SelvageError } from '@selvage/core';

const patience = 120_000;

/** What comes, in order, for those who wait for it. */
export class Queue<T> {
  readonly #values: T[] = [];
  readonly #takers: ((value: T) => void)[] = [];
  readonly #what: string;

  /** @param what what is waited for, for the error when it does not come */
  constructor(what: string) {
    this.#what = what;
  }

  put(value: T): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#values.push(value);
    else taker(value);
  }

  next(): Promise<T> {
    const value = this.#values.shift();
    if (value !== undefined) return Promise.resolve(value);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new SelvageError('timed-out', `waited in vain for ${this.#what}`)),
        patience,
      );
      this.#takers.push((taken) => {
        clearTimeout(timer);
        resolve(taken);
      });
    });
  }
}
