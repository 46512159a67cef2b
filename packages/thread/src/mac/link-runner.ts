import { Alarm, type Clock } from '@selvage/core';
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
  readonly #alarm: Alarm;
  #pumping = false;
  #stopped = false;

  /** @param afterPump called after the link was driven: what it did to the keys is done then (`KeyRunner.pump`). */
  constructor(link: Link, radio: Radio, clock: Clock, afterPump: () => void = () => {}) {
    this.#afterPump = afterPump;
    this.#link = link;
    this.#radio = radio;
    this.#clock = clock;
    this.#alarm = new Alarm(clock, () => this.pump());
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
    this.#alarm.set(this.#link.deadline);
  }

  /** Stops driving; the radio stays open. */
  stop(): void {
    this.#stopped = true;
    this.#alarm.set(undefined);
  }

  #poll(): LinkOutput | undefined {
    return this.#link.poll(this.#clock.now());
  }
}
