import type { Instant } from '@selvage/core';
import type { RadioCapabilities, TransmitOutcome } from '../radio/radio.js';
import { awaitsAcknowledgement } from './acknowledged.js';
import type { MacAddress } from './address.js';
import type { Dice } from './dice.js';
import type { BuiltFrame } from './frame-builder.js';
import type { LinkCounters } from './link-counters.js';
import type { LinkOutput } from './link-engine.js';

/**
 * ```
 *             start                 free                 wanted
 *   idle ───────────▶ backing off ───────▶ sending ───────────────▶ awaiting
 *    ▲                 ▲    │ busy: again, up to 4 times │              │ acknowledged
 *    ├─────────────────┼────┴────────────────────────────┴──────────────┤
 *    │                 └── pausing ◀── busy, or nothing came: up to 15 repetitions
 * ```
 * Unslotted CSMA-CA (IEEE 802.15.4-2006 §7.5.1.4) and retransmission (§7.5.6.4.3). All is of one frame; its bytes stay
 * the same however often it is sent.
 */
type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'backing-off'; readonly order: Order; readonly progress: Progress; readonly until: Instant }
  | { readonly kind: 'sending'; readonly order: Order; readonly progress: Progress; readonly id: number }
  | { readonly kind: 'awaiting'; readonly order: Order; readonly progress: Progress; readonly until: Instant }
  | { readonly kind: 'pausing'; readonly order: Order; readonly progress: Progress; readonly until: Instant };

/** One frame that is to be brought over. */
export interface Order {
  readonly frame: BuiltFrame;
  readonly destination: MacAddress;
  /** Where it is sent, if not on the link's own channel; only what nobody acknowledges is. */
  readonly channel?: number | undefined;
  /** How often it may be sent again. */
  readonly repetitions: number;
  /** Not sent any more from then on. */
  readonly notAfter?: Instant | undefined;
  /** The acknowledgement says whether its sender has something for us. */
  done(outcome: OrderOutcome, framePending: boolean, now: Instant): void;
}

/** What became of an order. */
export type OrderOutcome = 'sent' | 'no-acknowledgement' | 'channel-busy' | 'aborted';

interface Progress {
  /** Repetitions so far. */
  readonly repetition: number;
  /** Back-offs of this transmission so far. */
  readonly backOffs: number;
  readonly exponent: number;
}

/** macMaxCSMABackoffs, macMinBE, macMaxBE. */
const mostBackOffs = 4;
const [leastExponent, mostExponent] = [3, 5] as const;
const firstTry: Progress = { repetition: 0, backOffs: 0, exponent: leastExponent };
/** aUnitBackoffPeriod: 20 symbols, milliseconds. */
const backOffUnit = 0.32;
/** Random pause before a repetition: up to 2^exponent back-off units, so that two that collided part. */
const [firstPauseExponent, lastPauseExponent] = [1, 5] as const;
/** A radio that does not say that it is done has failed this once, milliseconds. */
const sendingTimeout = 100;

/** Brings one frame at a time over the radio. */
export class Transmitter {
  readonly #capabilities: RadioCapabilities;
  readonly #dice: Dice;
  readonly #counters: LinkCounters;
  readonly #emit: (output: LinkOutput) => void;
  #state: State = { kind: 'idle' };
  #nextId = 1;
  channel = 11;

  constructor(capabilities: RadioCapabilities, dice: Dice, counters: LinkCounters, emit: (output: LinkOutput) => void) {
    this.#capabilities = capabilities;
    this.#dice = dice;
    this.#counters = counters;
    this.#emit = emit;
  }

  get isIdle(): boolean {
    return this.#state.kind === 'idle';
  }

  /** Whether an acknowledgement may come any moment. */
  get isListening(): boolean {
    return this.#state.kind === 'awaiting';
  }

  get deadline(): Instant {
    return this.#state.kind === 'idle' || this.#state.kind === 'sending' ? this.#sendingDeadline : this.#state.until;
  }

  /** The order that is under way. */
  get order(): Order | undefined {
    return this.#state.kind === 'idle' ? undefined : this.#state.order;
  }

  start(order: Order, now: Instant): void {
    this.#backOff(order, firstTry, now);
  }

  /** Gives up what is under way. */
  abort(now: Instant): void {
    if (this.#state.kind !== 'idle') this.#end(this.#state.order, 'aborted', false, now);
  }

  /** The radio is done with a transmission. `acknowledged` is from a radio that waits for acknowledgements itself. */
  transmitted(id: number, outcome: TransmitOutcome, at: Instant, framePending: boolean, now: Instant): void {
    if (this.#state.kind !== 'sending' || this.#state.id !== id) return;
    const { order, progress } = this.#state;
    if (outcome !== 'channel-busy') this.#counters.transmitted++;
    if (this.#capabilities.repeats) return this.#end(order, outcome, framePending, now);
    switch (outcome) {
      case 'sent':
        if (!awaitsAcknowledgement(order)) return this.#end(order, 'sent', false, now);
        this.#state = { kind: 'awaiting', order, progress, until: at + this.#capabilities.acknowledgementTimeout };
        return;
      case 'channel-busy':
        this.#counters.busy++;
        return this.#wasBusy(order, progress, now);
      case 'aborted':
      case 'no-acknowledgement':
        return this.#again(order, progress, 'no-acknowledgement', now);
    }
  }

  /** An acknowledgement of the frame that is under way came. */
  acknowledged(framePending: boolean, now: Instant): void {
    if (this.#state.kind === 'awaiting') this.#end(this.#state.order, 'sent', framePending, now);
  }

  tick(now: Instant): void {
    const state = this.#state;
    if (state.kind === 'idle' || now < this.deadline) return;
    switch (state.kind) {
      case 'backing-off':
        return this.#send(state.order, state.progress);
      case 'sending':
      case 'awaiting':
        return this.#again(state.order, state.progress, 'no-acknowledgement', now);
      case 'pausing':
        return this.#backOff(state.order, state.progress, now);
    }
  }

  #sendingDeadline: Instant = Infinity;

  #backOff(order: Order, progress: Progress, now: Instant): void {
    const waits = this.#capabilities.sharesChannel && !this.#capabilities.repeats;
    const units = waits ? this.#dice.draw(progress.exponent) : 0;
    this.#state = { kind: 'backing-off', order, progress, until: now + units * backOffUnit };
    this.#sendingDeadline = now + units * backOffUnit + sendingTimeout;
    if (units === 0) this.#send(order, progress);
  }

  #send(order: Order, progress: Progress): void {
    const id = this.#nextId++;
    this.#state = { kind: 'sending', order, progress, id };
    const { sharesChannel: assess, repeats } = this.#capabilities;
    const { psdu } = order.frame;
    const { channel = this.channel } = order;
    this.#emit({
      kind: 'transmit',
      transmission: repeats
        ? {
            id,
            psdu,
            channel,
            assess,
            backOffs: mostBackOffs,
            repetitions: order.repetitions,
            awaitsAcknowledgement: awaitsAcknowledgement(order),
          }
        : { id, psdu, channel, assess },
    });
    if (repeats) this.#sendingDeadline = Infinity;
  }

  #wasBusy(order: Order, progress: Progress, now: Instant): void {
    const backOffs = progress.backOffs + 1;
    if (backOffs > mostBackOffs) return this.#again(order, progress, 'channel-busy', now);
    const exponent = Math.min(progress.exponent + 1, mostExponent);
    this.#backOff(order, { ...progress, backOffs, exponent }, now);
  }

  #again(order: Order, { repetition }: Progress, outcome: OrderOutcome, now: Instant): void {
    const isOver = order.notAfter !== undefined && now >= order.notAfter;
    if (repetition >= order.repetitions || isOver) return this.#end(order, outcome, false, now);
    const exponent = Math.min(firstPauseExponent + repetition, lastPauseExponent);
    const until = now + this.#dice.draw(exponent) * backOffUnit;
    const progress = { repetition: repetition + 1, backOffs: 0, exponent: leastExponent };
    this.#state = { kind: 'pausing', order, progress, until };
  }

  #end(order: Order, outcome: OrderOutcome, framePending: boolean, now: Instant): void {
    this.#state = { kind: 'idle' };
    this.#sendingDeadline = Infinity;
    order.done(outcome, framePending, now);
  }
}
