/**
 * What is to be done when signals abort. Many requests may share a signal: it has one listener from here, for as long as
 * any of them waits.
 */
export class Withdrawals {
  readonly #bySignal = new Map<AbortSignal, { readonly works: Set<() => void>; readonly listener: () => void }>();

  /** Returns how to forget it. */
  add(signal: AbortSignal, work: () => void): () => void {
    const entry = this.#bySignal.get(signal) ?? this.#listenTo(signal);
    entry.works.add(work);
    return () => {
      entry.works.delete(work);
      if (entry.works.size === 0) this.#stop(signal);
    };
  }

  #listenTo(signal: AbortSignal): { readonly works: Set<() => void>; readonly listener: () => void } {
    const works = new Set<() => void>();
    const listener = (): void => {
      for (const work of [...works]) work();
    };
    const entry = { works, listener };
    this.#bySignal.set(signal, entry);
    signal.addEventListener('abort', listener, { once: true });
    return entry;
  }

  #stop(signal: AbortSignal): void {
    const entry = this.#bySignal.get(signal);
    if (entry) signal.removeEventListener('abort', entry.listener);
    this.#bySignal.delete(signal);
  }
}
