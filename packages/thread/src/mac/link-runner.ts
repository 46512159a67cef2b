import type { Clock, Timer } from '@selvage/core';
import type { Radio } from '../radio/radio.js';
import type { Link } from './link.js';
import type { LinkOutput } from './link-engine.js';
import { obeyLink } from './obey-link.js';

/** Drives a {@link Link} on a radio and a clock. */
export class LinkRunner {
  readonly #link: Link;
  readonly #radio: Radio;
  readonly #clock: Clock;
  readonly #afterPump: () => void;
  #timer: Timer | undefined;
  #timerAt: number | undefined;
  #pumping = false;
  #stopped = false;

  /** @param afterPump called after the link was driven: what it did to the keys is done then (`KeyRunner.pump`). */
  constructor(link: Link, radio: Radio, clock: Clock, afterPump: () => void = () => {}) {
    this.#afterPump = afterPump;
    this.#link = link;
    this.#radio = radio;
    this.#clock = clock;
    radio.onEvent((event) => {
      if (this.#stopped) return;
      this.#link.handle(event, this.#clock.now());
      this.pump();
    });
  }

  /** Drains the link's outputs: call it after whatever called the link from outside of its callbacks. */
  pump(): void {
    if (this.#stopped || this.#pumping) return;
    this.#pumping = true;
    try {
      for (let output = this.#poll(); output !== undefined; output = this.#poll()) obeyLink(this.#radio, output);
    } finally {
      this.#pumping = false;
    }
    this.#afterPump();
    this.#setTimer();
  }

  /** Stops driving; the radio stays open. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #poll(): LinkOutput | undefined {
    return this.#link.poll(this.#clock.now());
  }

  #setTimer(): void {
    const { deadline } = this.#link;
    if (deadline === this.#timerAt) return;
    this.#timer?.cancel();
    this.#timerAt = deadline;
    this.#timer =
      deadline === undefined
        ? undefined
        : this.#clock.wakeAt(deadline, () => {
            this.#timerAt = undefined;
            this.pump();
          });
  }
}
