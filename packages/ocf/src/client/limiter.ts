/** Lets only so many tasks run at a time; the others wait in the order in which they came. */
export class Limiter {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param limit tasks at a time, at least 1. */
  constructor(limit: number) {
    this.#limit = Math.max(1, limit);
  }

  /**
   * Runs a task when there is room; what it comes to is what this comes to.
   * @param slow begun with the task: when it resolves, the task makes room for the next though it goes on
   */
  async run<T>(task: () => Promise<T>, slow?: () => Promise<void>): Promise<T> {
    if (this.#running >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    let holds = true;
    const release = (): void => {
      if (holds) this.#next();
      holds = false;
    };
    void slow?.().then(release);
    try {
      return await task();
    } finally {
      release();
    }
  }

  /** Whoever waits takes the place as it is: nobody can come between. */
  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
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
