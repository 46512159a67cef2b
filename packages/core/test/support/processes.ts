import type { Processes, ProcessIdentity } from '@selvage/core/node';

/** Processes of a machine that is not there: each `start` is another one, and all live until they are ended. */
export class VirtualProcesses {
  readonly #alive = new Set<string>();
  #started = 0;

  /** A new process, which may have the number of an earlier one. */
  start(pid: number): Processes {
    const own = { pid, started: String(this.#started++) };
    this.#alive.add(own.started);
    return { own, isAlive: ({ started }: ProcessIdentity) => this.#alive.has(started) };
  }

  end({ own }: Processes): void {
    this.#alive.delete(own.started);
  }

  /** Ends all, as a power cut does. */
  endAll(): void {
    this.#alive.clear();
  }
}
