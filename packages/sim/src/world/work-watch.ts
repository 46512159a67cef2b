import { eventLoopTurn } from '@selvage/core/virtual';

/**
 * Knows whether anything was begun that ends in a promise: a key operation, a write, somebody who waits for an answer.
 * Virtual time stands still until that is over, and needs no turn of the event loop where nothing was begun.
 */
export class WorkWatch {
  #isBusy = false;

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Something was begun, or a promise was settled. */
  touch(): void {
    this.#isBusy = true;
  }

  /** Resolves when what was begun has ended, and what came of it too. */
  async settle(): Promise<void> {
    while (this.#isBusy) {
      this.#isBusy = false;
      await eventLoopTurn();
    }
  }
}
