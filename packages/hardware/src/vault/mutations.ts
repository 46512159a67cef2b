/**
 * The changes of one client: they run side by side, and what has to see all of them, and be seen by those that come
 * later, runs alone.
 */
export class Mutations {
  readonly #running = new Set<Promise<unknown>>();
  #alone: Promise<unknown> | undefined;

  async run<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone) await settled(this.#alone);
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone) await settled(this.#alone);
    const running = (async () => {
      await Promise.allSettled(this.#running);
      return work();
    })();
    this.#alone = running;
    try {
      return await running;
    } finally {
      this.#alone = undefined;
    }
  }
}

function settled(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch(() => undefined);
}
