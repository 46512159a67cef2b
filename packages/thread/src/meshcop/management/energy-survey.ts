import type { Instant } from '@selvage/core';
import type { ScanOutcome, ScanRequest } from '../../mac/scanner.js';
import { type EnergyReport, type EnergyScan, longestSurvey } from './survey-messages.js';
import { presence, type Survey } from './survey-server.js';

/** Between the last measurement and the report, milliseconds: others report too. */
const reportDelay = 500;
/** What the list of a report holds: a longer one would be a TLV of the extended form, which OpenThread does not read. */
const mostLevels = 254;
/** A measurement is cut in parts, milliseconds: the network would not hear of the node for too long. */
const longestAbsence = 100;
/** dBm of a radio that heard nothing, or that did not tell. */
const silence = -128;

/**
 * Measures how strong channels are (MGMT_ED_SCAN, Thread 1.3 §8.7.10): as often as is asked for, but no more often than there
 * is time for and a report can tell.
 */
export class EnergySurvey implements Survey {
  readonly #scan: EnergyScan;
  readonly #tell: (report: EnergyReport, now: Instant) => void;
  readonly #levels: number[] = [];
  /** How many levels there are when all is measured. */
  readonly #wanted: number;
  /** Of the measurement that goes on: milliseconds to go, and the strongest so far. */
  #remaining = 0;
  #strongest = silence;

  constructor(scan: EnergyScan, tell: (report: EnergyReport, now: Instant) => void) {
    this.#scan = scan;
    this.#tell = tell;
    this.#wanted = Math.min(scan.count * scan.channels.length, mostLevels, mostInTime(scan));
    this.#restart();
  }

  next(): ScanRequest | undefined {
    const { channels } = this.#scan;
    if (this.#levels.length === this.#wanted) return undefined;
    const channel = channels[this.#levels.length % channels.length] as number;
    return { kind: 'energy', channel, duration: this.#part };
  }

  take(outcome: ScanOutcome): number {
    this.#remaining -= this.#part;
    if (outcome.kind === 'energy') this.#strongest = Math.max(this.#strongest, outcome.dBm ?? silence);
    if (this.#remaining > 0) return presence;
    this.#levels.push(this.#strongest);
    this.#restart();
    return this.#levels.length === this.#wanted ? reportDelay : Math.max(this.#scan.period, presence);
  }

  report(now: Instant): void {
    this.#tell({ channels: this.#scan.channels, levels: this.#levels }, now);
  }

  /** Milliseconds of the next look. */
  get #part(): number {
    return Math.min(this.#remaining, longestAbsence);
  }

  #restart(): void {
    this.#remaining = Math.max(1, this.#scan.scanDuration);
    this.#strongest = silence;
  }
}

/** How many measurements there is time for, with the presence between their parts: one at least. */
function mostInTime({ scanDuration, period }: EnergyScan): number {
  const parts = Math.max(1, Math.ceil(scanDuration / longestAbsence));
  const each = scanDuration + (parts - 1) * presence + Math.max(period, presence);
  return Math.max(1, Math.floor(longestSurvey / each));
}
