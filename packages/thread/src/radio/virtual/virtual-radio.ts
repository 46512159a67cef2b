import { type Clock, type Instant, SelvageError, type Timer } from '@selvage/core';
import type {
  Radio,
  RadioCapabilities,
  RadioEvent,
  RadioTransmission,
  ReceivedFrame,
  TransmitOutcome,
} from '../radio.js';
import { requireChannel, requirePsdu } from '../channel.js';

/** What a radio asks of its ether. */
export interface Air {
  /** Starts a frame and says when it ends. */
  emit(psdu: Uint8Array, channel: number): Instant;
  isBusy(channel: number): boolean;
  /** Tells, after a while, the strongest that was heard until then, dBm. */
  measure(channel: number, milliseconds: number, done: (dBm: number | undefined) => void): void;
  /** The radio does not receive what is on the air now. */
  disturb(): void;
  close(): void;
}

/** From listening to sending (IEEE 802.15.4 aTurnaroundTime), milliseconds. */
const turnaround = 0.192;
const sensitivity = -100;
/** Acknowledgement wait: macAckWaitDuration is 54 symbols; an enhanced, secured one is longer on the air. */
const acknowledgementTimeout = 2;

/** A radio on a `VirtualEther`. It does nothing by itself: the link acknowledges, backs off and repeats. */
export class VirtualRadio implements Radio {
  readonly name: string;
  readonly capabilities: RadioCapabilities = {
    acknowledges: false,
    repeats: false,
    acknowledgementTimeout,
    sensitivity,
    sharesChannel: true,
  };
  readonly #clock: Clock;
  readonly #air: Air;
  #listener: ((event: RadioEvent) => void) | undefined;
  #channel: number | undefined;
  #isOpen = true;
  #isTransmitting = false;
  /** Where it measures: it cannot receive elsewhere meanwhile. */
  #measuring: number | undefined;
  /** An acknowledgement is due. */
  #reserved: Timer | undefined;

  constructor(name: string, clock: Clock, air: Air) {
    this.name = name;
    this.#clock = clock;
    this.#air = air;
  }

  /** Whether it hears what starts on this channel now. */
  receives(channel: number): boolean {
    return this.#channel === channel && !this.#isTransmitting && (this.#measuring ?? channel) === channel;
  }

  /** Hands over a frame that arrived whole. */
  receive(frame: ReceivedFrame): void {
    if (this.#channel === frame.channel) this.#listener?.({ kind: 'received', frame });
  }

  configure(): void {}

  listen(channel: number): void {
    this.#requireOpen();
    requireChannel(channel);
    if (channel !== this.#channel) this.#air.disturb();
    this.#channel = channel;
  }

  sleep(): void {
    this.#requireOpen();
    this.#channel = undefined;
    this.#air.disturb();
  }

  transmit(transmission: RadioTransmission): void {
    this.#requireOpen();
    const { id, psdu, channel, assess, notBefore } = transmission;
    requireChannel(channel);
    requirePsdu(psdu);
    const bytes = psdu.slice();
    const now = this.#clock.now();
    if (notBefore !== undefined) return this.#reserve(Math.max(now, notBefore), () => this.#send(id, bytes, channel));
    if (this.#reserved !== undefined || this.#isTransmitting || (assess && this.#air.isBusy(channel))) {
      this.#clock.wakeAt(now, () => this.#tell(id, 'channel-busy', now));
      return;
    }
    this.#reserve(now + (assess ? turnaround : 0), () => this.#send(id, bytes, channel));
  }

  measureEnergy(channel: number, milliseconds: number): void {
    this.#requireOpen();
    if (channel !== this.#channel) this.#air.disturb();
    this.#measuring = channel;
    this.#air.measure(channel, milliseconds, (dBm = sensitivity) => {
      this.#measuring = undefined;
      this.#listener?.({ kind: 'energy', channel, dBm });
    });
  }

  onEvent(listener: (event: RadioEvent) => void): void {
    this.#requireOpen();
    this.#listener = listener;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#listener = undefined;
    this.#channel = undefined;
    this.#reserved?.cancel();
    this.#air.close();
  }

  /** From now on the radio is about to send. */
  #reserve(at: Instant, send: () => void): void {
    this.#reserved?.cancel();
    this.#reserved = this.#clock.wakeAt(at, () => {
      this.#reserved = undefined;
      send();
    });
  }

  #send(id: number, psdu: Uint8Array, channel: number): void {
    this.#isTransmitting = true;
    const end = this.#air.emit(psdu, channel);
    this.#clock.wakeAt(end, () => {
      this.#isTransmitting = false;
      this.#tell(id, 'sent', end);
    });
  }

  #tell(id: number, outcome: TransmitOutcome, at: Instant): void {
    this.#listener?.({ kind: 'transmitted', id, outcome, at });
  }

  #requireOpen(): void {
    if (!this.#isOpen) throw new SelvageError('port-closed', `the radio ${this.name} is closed`);
  }
}
