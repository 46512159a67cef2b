import type { Clock, Instant } from '@selvage/core';
import {
  airTime,
  type Radio,
  type RadioCapabilities,
  type RadioEvent,
  type RadioIdentity,
  type RadioTransmission,
} from '@selvage/thread';
import { sumOf } from './amounts.js';
import { nrf52840 } from './energy-table.js';
import { type RadioUse, unusedRadio } from './radio-use.js';

/** The receiver was on from then to then. */
type Span = readonly [from: Instant, to: Instant];

const assessment = nrf52840.assessment.value;

/** A radio, and how long it sent and received: for one that leaves back-offs and repetitions to the link. */
export class MeteredRadio implements Radio {
  readonly capabilities: RadioCapabilities;
  readonly #radio: Radio;
  readonly #clock: Clock;
  #use: RadioUse = unusedRadio;
  /** Since when the receiver is on. */
  #onSince: Instant | undefined;
  readonly #underWay = new Map<number, RadioTransmission>();
  /** Of the receiver, while a transmission is under way. */
  #spans: Span[] = [];

  constructor(radio: Radio, clock: Clock) {
    this.capabilities = radio.capabilities;
    this.#radio = radio;
    this.#clock = clock;
  }

  /** All that it did until now. */
  get use(): RadioUse {
    this.#settle();
    return this.#use;
  }

  get isReceiving(): boolean {
    return this.#onSince !== undefined;
  }

  configure(identity: RadioIdentity): void {
    this.#radio.configure(identity);
  }

  listen(channel: number): void {
    this.#radio.listen(channel);
    this.#settle();
    this.#onSince = this.#clock.now();
  }

  sleep(): void {
    this.#radio.sleep();
    this.#off();
  }

  transmit(transmission: RadioTransmission): void {
    this.#settle();
    this.#underWay.set(transmission.id, transmission);
    this.#radio.transmit(transmission);
  }

  measureEnergy(channel: number, milliseconds: number): void {
    if (!this.isReceiving) this.#add({ receiving: milliseconds });
    this.#radio.measureEnergy(channel, milliseconds);
  }

  onEvent(listener: (event: RadioEvent) => void): void {
    this.#radio.onEvent((event) => {
      if (event.kind === 'received') this.#add({ received: 1 });
      if (event.kind === 'transmitted') this.#transmitted(event);
      listener(event);
    });
  }

  close(): void {
    this.#radio.close();
    this.#off();
  }

  #transmitted({ id, outcome, at }: Extract<RadioEvent, { kind: 'transmitted' }>): void {
    this.#settle();
    const transmission = this.#underWay.get(id);
    this.#underWay.delete(id);
    const spans = this.#spans;
    if (this.#underWay.size === 0) this.#spans = [];
    if (transmission === undefined) return;
    const assessing = transmission.assess ? assessment : 0;
    if (outcome === 'channel-busy') {
      // Where the receiver is on anyway, its time is told as such.
      if (!this.isReceiving) this.#add({ assessing });
      return;
    }
    const { length } = transmission.psdu;
    const transmitting = airTime(length);
    const heard = overlap(spans, at - transmitting - assessing, at);
    this.#add({ transmitting, assessing, receiving: -heard, frames: 1, bytes: length });
  }

  #off(): void {
    this.#settle();
    this.#onSince = undefined;
  }

  /** Adds the receiver's time until now. */
  #settle(): void {
    if (this.#onSince === undefined) return;
    const now = this.#clock.now();
    if (now === this.#onSince) return;
    if (this.#underWay.size > 0) this.#spans.push([this.#onSince, now]);
    this.#add({ receiving: now - this.#onSince });
    this.#onSince = now;
  }

  #add(part: Partial<RadioUse>): void {
    this.#use = sumOf(this.#use, { ...unusedRadio, ...part });
  }
}

function overlap(spans: readonly Span[], from: Instant, to: Instant): number {
  return spans.reduce((sum, [on, off]) => sum + Math.max(0, Math.min(off, to) - Math.max(on, from)), 0);
}
