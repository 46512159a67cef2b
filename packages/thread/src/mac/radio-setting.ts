import type { Instant } from '@selvage/core';
import type { RadioCapabilities } from '../radio/radio.js';
import type { LinkOutput } from './link-engine.js';
import type { NeighbourTable } from './neighbour-table.js';
import type { OwnIdentity } from './own-identity.js';
import type { Poller } from './poller.js';
import { radioIdentity } from './radio-identity.js';
import type { Scanner } from './scanner.js';
import type { SendQueue } from './send-queue.js';
import type { Transmitter } from './transmitter.js';

/** What {@link RadioSetting} depends on. */
export interface RadioSettingParts {
  readonly capabilities: RadioCapabilities;
  readonly identity: OwnIdentity;
  readonly queue: SendQueue;
  readonly neighbours: NeighbourTable;
  readonly transmitter: Transmitter;
  readonly poller: Poller;
  readonly scanner: Scanner;
  readonly output: (output: LinkOutput) => void;
}

/** How the radio is set: whom it answers for, and whether and where it receives. */
export class RadioSetting {
  /** False for a sleepy node. */
  receiveOn = true;
  readonly #parts: RadioSettingParts;
  #awakeUntil: Instant = -Infinity;
  #identityChanged = true;
  /** What it was told last. */
  #receiver: 'unset' | 'asleep' | number = 'unset';

  constructor(parts: RadioSettingParts) {
    this.#parts = parts;
  }

  /** When a sleepy node that was kept awake sleeps again. */
  deadline(now: Instant): Instant {
    return this.#awakeUntil > now ? this.#awakeUntil : Infinity;
  }

  /** Who we are, or for whom something waits, is another. */
  identityChanged(): void {
    this.#identityChanged = true;
  }

  stayAwake(until: Instant): void {
    this.#awakeUntil = Math.max(this.#awakeUntil, until);
  }

  reset(): void {
    this.#awakeUntil = -Infinity;
    this.#identityChanged = true;
  }

  /** Tells the radio what changed. */
  instruct(now: Instant): void {
    const { capabilities, identity, queue, neighbours, transmitter, scanner, output } = this.#parts;
    if (this.#identityChanged) {
      this.#identityChanged = false;
      if (capabilities.acknowledges) {
        output({ kind: 'configure', identity: radioIdentity(identity, queue, neighbours) });
      }
    }
    const wanted = scanner.channel ?? (this.#wantsReceiver(now) ? transmitter.channel : 'asleep');
    if (wanted === this.#receiver) return;
    this.#receiver = wanted;
    output(wanted === 'asleep' ? { kind: 'sleep' } : { kind: 'listen', channel: wanted });
  }

  /** Who sleeps does so while it backs off too: the radio listens by itself before it sends. */
  #wantsReceiver(now: Instant): boolean {
    const { poller, transmitter, capabilities } = this.#parts;
    return (
      this.receiveOn ||
      now < this.#awakeUntil ||
      poller.isListening(now) ||
      (transmitter.isListening && !capabilities.repeats)
    );
  }
}
