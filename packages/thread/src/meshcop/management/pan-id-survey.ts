import type { Instant } from '@selvage/core';
import type { ScanOutcome, ScanRequest } from '../../mac/scanner.js';
import type { PanIdQuery } from './survey-messages.js';
import { presence, type Survey } from './survey-server.js';

/** How long beacons of one channel are waited for, milliseconds (OpenThread's). */
const listens = 300;

/** Looks whether a PAN id is used, and where (MGMT_PANID_QUERY, Thread 1.3 §8.7.11). */
export class PanIdSurvey implements Survey {
  readonly #query: PanIdQuery;
  readonly #tell: (conflict: PanIdQuery, now: Instant) => void;
  readonly #found: number[] = [];
  #seen = 0;

  constructor(query: PanIdQuery, tell: (conflict: PanIdQuery, now: Instant) => void) {
    this.#query = query;
    this.#tell = tell;
  }

  next(): ScanRequest | undefined {
    const channel = this.#query.channels[this.#seen];
    return channel === undefined ? undefined : { kind: 'active', channel, duration: listens };
  }

  take(outcome: ScanOutcome): number {
    const { panId, channels } = this.#query;
    const channel = channels[this.#seen++] as number;
    if (outcome.kind === 'active' && outcome.beacons.some((beacon) => beacon.panId === panId))
      this.#found.push(channel);
    return this.#seen < channels.length ? presence : 0;
  }

  /** Nobody is told that there is no conflict. */
  report(now: Instant): void {
    if (this.#found.length > 0) this.#tell({ panId: this.#query.panId, channels: this.#found }, now);
  }
}
