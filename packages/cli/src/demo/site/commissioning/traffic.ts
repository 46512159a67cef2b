import { SelvageError } from '@selvage/core';
import type { Surface } from '../../../terminal/surface.js';

/** Requests and what became of them. */
export interface Tally {
  readonly sent: number;
  readonly answered: number;
}

/** A request that is sent again and again, and whose answer is right or an error. */
export type Exchange = () => Promise<boolean>;

/** Between an answer and the next request, ms. */
const pause = 50;

/** A phase's requests, and how many of the streams have settled one of them. */
interface Phase {
  sent: number;
  answered: number;
  readonly settled: Set<Exchange>;
}

/** Requests that go on until they are told to stop; each is counted in the phase in which it was sent. */
export class Traffic {
  readonly #clock: Surface['clock'];
  readonly #exchanges: readonly Exchange[];
  readonly #phases: Phase[] = [];
  readonly #streams: Promise<void>[];
  #onSettled: () => void = () => undefined;
  #isOver = false;

  /** @param exchanges each of which is a stream of its own, one request after the other */
  constructor({ clock }: Surface, exchanges: readonly Exchange[]) {
    this.#clock = clock;
    this.#exchanges = exchanges;
    this.nextPhase();
    this.#streams = exchanges.map((exchange) => this.#flow(exchange));
  }

  /** What is sent from now on counts apart. */
  nextPhase(): void {
    this.#phases.push({ sent: 0, answered: 0, settled: new Set() });
  }

  /** Resolves when each stream has sent a request in this phase, and that was answered or is lost: however long it takes. */
  flowed(): Promise<void> {
    return new Promise((resolve) => {
      this.#onSettled = () => {
        if (this.#phases.at(-1)?.settled.size === this.#exchanges.length) resolve();
      };
      this.#onSettled();
    });
  }

  /** Sends no more; resolves with what became of all, phase by phase, when the last was answered or is lost. */
  async stop(): Promise<readonly Tally[]> {
    this.#isOver = true;
    await Promise.all(this.#streams);
    return this.#phases;
  }

  async #flow(exchange: Exchange): Promise<void> {
    while (!this.#isOver) {
      const phase = this.#phases.at(-1) as Phase;
      phase.sent++;
      if (await isAnswered(exchange)) phase.answered++;
      phase.settled.add(exchange);
      this.#onSettled();
      await new Promise<void>((resolve) => void this.#clock.wakeAt(this.#clock.now() + pause, resolve));
    }
  }
}

async function isAnswered(exchange: Exchange): Promise<boolean> {
  try {
    return await exchange();
  } catch (error) {
    if (error instanceof SelvageError) return false;
    throw error;
  }
}
