/** Lets only so many tasks run at a time; the others wait in the order in which they came. */
export class Limiter {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param limit tasks at a time, at least 1. */
  constructor(limit: number) {
    this.#limit = Math.max(1, limit);
  }

  /** Runs a task when there is room; what it comes to is what this comes to. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await task();
    } finally {
      // Whoever waits takes the place as it is: nobody can come between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}

/** Lets the tasks of one name run one after the other. */
export class TurnTaking {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs a task after all of the same name that were asked for before. */
  run<T>(name: string, task: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const result = before.then(task, task);
    const settled = result.then(nothing, nothing);
    this.#last.set(name, settled);
    void settled.then(() => {
      if (this.#last.get(name) === settled) this.#last.delete(name);
    });
    return result;
  }
}

function nothing(): void {
  return undefined;
}
