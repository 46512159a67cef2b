import { type Instant, SelvageError } from '@selvage/core';

/** One interaction with a peer: waiting for its turn, outstanding, or over. */
export interface Interaction {
  state: 'waiting' | 'outstanding' | 'over';
  readonly start: (now: Instant) => void;
}

/**
 * Lets so many interactions with one peer be outstanding at a time (NSTART, RFC 7252 §4.7); further ones wait, first
 * come, first served.
 */
export class Interactions {
  readonly #nstart: number;
  readonly #maximumWaiting: number;
  readonly #waiting: Interaction[] = [];
  #outstanding = 0;

  constructor(nstart: number, maximumWaiting: number) {
    this.#nstart = nstart;
    this.#maximumWaiting = maximumWaiting;
  }

  /** Whether nothing is outstanding or waiting. */
  get idle(): boolean {
    return this.#outstanding === 0;
  }

  /**
   * Calls `start` as soon as there is a free place, which may be at once.
   * @throws SelvageError `too-many-requests` when too many wait already.
   */
  begin(start: (now: Instant) => void, now: Instant): Interaction {
    const interaction: Interaction = { state: 'waiting', start };
    if (this.#outstanding < this.#nstart) {
      this.#start(interaction, now);
      return interaction;
    }
    if (this.#waiting.length >= this.#maximumWaiting) {
      throw new SelvageError('too-many-requests', `${this.#waiting.length} requests to the peer are waiting already`, {
        remedy: 'Wait for responses before asking for more, or raise the limit.',
      });
    }
    this.#waiting.push(interaction);
    return interaction;
  }

  /** The interaction is no longer expected to be answered; ending it again does nothing. */
  end(interaction: Interaction | undefined, now: Instant): void {
    if (interaction === undefined || interaction.state === 'over') return;
    const wasWaiting = interaction.state === 'waiting';
    interaction.state = 'over';
    if (wasWaiting) {
      this.#waiting.splice(this.#waiting.indexOf(interaction), 1);
      return;
    }
    this.#outstanding--;
    const next = this.#waiting.shift();
    if (next !== undefined) this.#start(next, now);
  }

  #start(interaction: Interaction, now: Instant): void {
    this.#outstanding++;
    interaction.state = 'outstanding';
    try {
      interaction.start(now);
    } catch (error) {
      this.end(interaction, now);
      throw error;
    }
  }
}
