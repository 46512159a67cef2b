import type { Instant } from '@selvage/core';
import { type PanIdQuery, panIdQueryTlvs, surveyPaths } from './survey-messages.js';
import { presence, scanDelay, type SurveyHost } from './survey-host.js';

/** How long beacons of one channel are waited for, milliseconds (OpenThread's). */
const listens = 300;

interface Job {
  readonly query: PanIdQuery;
  readonly to: Uint8Array;
  readonly found: number[];
  channelAt: number;
}

/** Asked, it pauses, asks each channel in turn, and tells what it found, if anything. */
type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'pausing'; readonly job: Job; readonly until: Instant }
  | { readonly kind: 'scanning'; readonly job: Job };

/** Looks whether a PAN id is used, for a commissioner that asks for it (MGMT_PANID_QUERY, Thread 1.3 §8.7.11). */
export class PanIdQueryServer {
  readonly #host: SurveyHost;
  #state: State = { kind: 'idle' };

  constructor(host: SurveyHost) {
    this.#host = host;
  }

  get isIdle(): boolean {
    return this.#state.kind === 'idle';
  }

  get deadline(): Instant {
    return this.#state.kind === 'pausing' ? this.#state.until : Infinity;
  }

  /** What was asked before is dropped. */
  begin(query: PanIdQuery, to: Uint8Array, now: Instant): void {
    this.#state = { kind: 'pausing', job: { query, to, found: [], channelAt: 0 }, until: now + scanDelay };
  }

  stop(): void {
    this.#state = { kind: 'idle' };
  }

  tick(now: Instant): void {
    if (this.#state.kind !== 'pausing' || now < this.#state.until) return;
    const { job } = this.#state;
    const state: State = { kind: 'scanning', job };
    this.#state = state;
    const channel = job.query.channels[job.channelAt] as number;
    this.#host.scan({ kind: 'active', channel, duration: listens }, (outcome, at) => {
      if (this.#state !== state || outcome.kind !== 'active') return;
      if (outcome.beacons.some(({ panId }) => panId === job.query.panId)) job.found.push(channel);
      job.channelAt++;
      if (job.channelAt < job.query.channels.length) this.#state = { kind: 'pausing', job, until: at + presence };
      else this.#tell(job, at);
    });
  }

  /** Nobody is told that there is no conflict. */
  #tell({ query: { panId }, found: channels, to }: Job, now: Instant): void {
    this.#state = { kind: 'idle' };
    if (channels.length > 0) this.#host.report(surveyPaths.panIdConflict, panIdQueryTlvs({ panId, channels }), to, now);
  }
}
