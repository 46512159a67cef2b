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

/** Requests that go on until they are told to stop; each is counted in the phase in which it was sent. */
export class Traffic {
  readonly #clock: Surface['clock'];
  readonly #tallies: { sent: number; answered: number }[] = [];
  readonly #streams: Promise<void>[];
  #isOver = false;

  /** @param exchanges each of which is a stream of its own, one request after the other */
  constructor({ clock }: Surface, exchanges: readonly Exchange[]) {
    this.#clock = clock;
    this.nextPhase();
    this.#streams = exchanges.map((exchange) => this.#flow(exchange));
  }

  /** What is sent from now on counts apart. */
  nextPhase(): void {
    this.#tallies.push({ sent: 0, answered: 0 });
  }

  /** Sends no more; resolves with what became of all, phase by phase, when the last was answered or is lost. */
  async stop(): Promise<readonly Tally[]> {
    this.#isOver = true;
    await Promise.all(this.#streams);
    return this.#tallies;
  }

  async #flow(exchange: Exchange): Promise<void> {
    while (!this.#isOver) {
      const tally = this.#tallies.at(-1) ?? { sent: 0, answered: 0 };
      tally.sent++;
      if (await isAnswered(exchange)) tally.answered++;
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
