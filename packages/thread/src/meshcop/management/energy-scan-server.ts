import type { Instant } from '@selvage/core';
import { energyReportTlvs, type EnergyScan, surveyPaths } from './survey-messages.js';
import { presence, scanDelay, type SurveyHost } from './survey-host.js';

/** Between the last measurement and the report, milliseconds: others report too. */
const reportDelay = 500;
/** What the list of a report holds: a longer one would be a TLV of the extended form, which OpenThread does not read. */
const mostLevels = 254;
/** A measurement is cut in parts, milliseconds: the network would not hear of the node for too long. */
const longestAbsence = 100;

/** What is to be measured for whom, and what was. */
interface Job {
  readonly scan: EnergyScan;
  readonly to: Uint8Array;
  readonly levels: number[];
  /** The channel, by its place in the mask. */
  channelAt: number;
  /** Rounds to go, this one included. */
  rounds: number;
  /** Of the measurement that goes on: milliseconds to go, and the strongest so far. */
  remaining: number;
  strongest: number;
}

/**
 * ```
 *          asked                     its time           measured: more
 *   idle ────────▶ pausing (1000 ms) ────────▶ measuring ────────▶ pausing
 *    ▲                                             │ all measured
 *    └───────────── reporting (500 ms) ◀───────────┘
 * ```
 */
type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'pausing' | 'reporting'; readonly job: Job; readonly until: Instant }
  | { readonly kind: 'measuring'; readonly job: Job };

/** dBm of a radio that heard nothing, or that did not tell. */
const silence = -128;

/** Measures how strong channels are, for a commissioner that asks for it (MGMT_ED_SCAN, Thread 1.3 §8.7.10). */
export class EnergyScanServer {
  readonly #host: SurveyHost;
  #state: State = { kind: 'idle' };

  constructor(host: SurveyHost) {
    this.#host = host;
  }

  get isIdle(): boolean {
    return this.#state.kind === 'idle';
  }

  get deadline(): Instant {
    return this.#state.kind === 'pausing' || this.#state.kind === 'reporting' ? this.#state.until : Infinity;
  }

  /** What was asked before is dropped. */
  begin(scan: EnergyScan, to: Uint8Array, now: Instant): void {
    const job = { scan, to, levels: [], channelAt: 0, rounds: scan.count, ...measurementOf(scan) };
    this.#state = { kind: 'pausing', job, until: now + scanDelay };
  }

  stop(): void {
    this.#state = { kind: 'idle' };
  }

  tick(now: Instant): void {
    const state = this.#state;
    if ((state.kind !== 'pausing' && state.kind !== 'reporting') || now < state.until) return;
    if (state.kind === 'pausing' && state.job.rounds > 0) return this.#measure(state.job);
    this.#state = { kind: 'idle' };
    const { scan, levels, to } = state.job;
    this.#host.report(surveyPaths.energyReport, energyReportTlvs({ channels: scan.channels, levels }), to, now);
  }

  #measure(job: Job): void {
    const state: State = { kind: 'measuring', job };
    this.#state = state;
    const channel = job.scan.channels[job.channelAt] as number;
    const duration = Math.min(job.remaining, longestAbsence);
    this.#host.scan({ kind: 'energy', channel, duration }, (outcome, now) => {
      // Another question came, or the network is gone.
      if (this.#state !== state || outcome.kind !== 'energy') return;
      job.remaining -= duration;
      job.strongest = Math.max(job.strongest, outcome.dBm ?? silence);
      this.#next(job, now);
    });
  }

  #next(job: Job, now: Instant): void {
    if (job.remaining > 0) {
      this.#state = { kind: 'pausing', job, until: now + presence };
      return;
    }
    const { scan, levels, strongest } = job;
    levels.push(strongest);
    Object.assign(job, measurementOf(scan));
    job.channelAt++;
    if (job.channelAt === scan.channels.length) {
      job.channelAt = 0;
      job.rounds--;
    }
    const isDone = job.rounds === 0 || levels.length === mostLevels;
    const wait = isDone ? reportDelay : Math.max(scan.period, presence);
    this.#state = { kind: isDone ? 'reporting' : 'pausing', job, until: now + wait };
  }
}

function measurementOf({ scanDuration }: EnergyScan): Pick<Job, 'remaining' | 'strongest'> {
  return { remaining: Math.max(1, scanDuration), strongest: silence };
}
