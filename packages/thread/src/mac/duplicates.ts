import type { Instant } from '@selvage/core';
import { addressText, type MacAddress } from './address.js';

/** How long a sender may repeat an unsecured frame, milliseconds: sixteen transmissions take about a second. */
const memory = 2000;
/** Senders that are remembered. */
const mostSenders = 32;

/** Recognises unsecured frames that were sent again. Secured ones are told apart by their frame counter. */
export class Duplicates {
  readonly #last = new Map<string, { readonly sequenceNumber: number; readonly at: Instant }>();

  /** Whether this very frame came before, just now. It is remembered. */
  isRepetition(source: MacAddress, sequenceNumber: number, now: Instant): boolean {
    const name = addressText(source);
    const last = this.#last.get(name);
    if (last !== undefined && last.sequenceNumber === sequenceNumber && now - last.at < memory) return true;
    this.#last.delete(name);
    this.#last.set(name, { sequenceNumber, at: now });
    const [oldest] = this.#last.keys();
    if (this.#last.size > mostSenders && oldest !== undefined) this.#last.delete(oldest);
    return false;
  }

  clear(): void {
    this.#last.clear();
  }
}
