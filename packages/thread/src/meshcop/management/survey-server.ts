import type { Instant } from '@selvage/core';
import type { ScanDone, ScanOutcome, ScanRequest } from '../../mac/scanner.js';

/** What a commissioner has a node look for: one look after the other, and a report at the end. */
export interface Survey {
  /** What is looked at next; undefined where all was. */
  next(): ScanRequest | undefined;
  /** What that look found. @returns milliseconds until the next, or until the report */
  take(outcome: ScanOutcome): number;
  /** Tells the commissioner. */
  report(now: Instant): void;
}

/**
 * ```
 *          asked                     its time: there is more to look at        found
 *   idle ────────▶ pausing (1000 ms) ─────────────────────────────────▶ looking ────▶ pausing
 *    ▲                    │ its time: all was seen
 *    └────── reported ────┘
 * ```
 */
type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'pausing'; readonly survey: Survey; readonly until: Instant }
  | { readonly kind: 'looking'; readonly survey: Survey };

/** Before the first look, milliseconds: the question reaches the others while the radio is still here. */
const scanDelay = 1000;
/** Between looks at other channels the node is in its network for so long at least, milliseconds. */
export const presence = 100;

/** Looks around for a commissioner, one survey of a kind at a time (Thread 1.3 §8.7.10, §8.7.11). */
export class SurveyServer {
  readonly #scan: (request: ScanRequest, done: ScanDone) => void;
  #state: State = { kind: 'idle' };

  /** @param scan looks at a channel; it tells what was found once, never before it returns */
  constructor(scan: (request: ScanRequest, done: ScanDone) => void) {
    this.#scan = scan;
  }

  get deadline(): Instant {
    return this.#state.kind === 'pausing' ? this.#state.until : Infinity;
  }

  /** What was asked before is dropped. */
  begin(survey: Survey, now: Instant): void {
    this.#state = { kind: 'pausing', survey, until: now + scanDelay };
  }

  stop(): void {
    this.#state = { kind: 'idle' };
  }

  tick(now: Instant): void {
    if (this.#state.kind !== 'pausing' || now < this.#state.until) return;
    const { survey } = this.#state;
    const request = survey.next();
    if (request === undefined) {
      this.stop();
      return survey.report(now);
    }
    const state: State = { kind: 'looking', survey };
    this.#state = state;
    this.#scan(request, (outcome, at) => {
      // Another question came, or the network is gone.
      if (this.#state === state) this.#state = { kind: 'pausing', survey, until: at + survey.take(outcome) };
    });
  }
}
