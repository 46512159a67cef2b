import type { WayInOptions } from '../way-in/options.js';

/** What all that look around for a commissioner are given. */
export interface SurveyOptions extends WayInOptions {
  readonly channels: readonly number[];
  /** Seconds. */
  readonly wait: number;
}
