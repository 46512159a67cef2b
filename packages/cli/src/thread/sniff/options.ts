import type { RadioName } from '../radio/radio-name.js';

/** `thread sniff`, as commander gives it. */
export interface SniffOptions {
  readonly radio: RadioName;
  readonly channel?: number;
  readonly keys?: readonly string[];
  readonly write?: string;
  readonly count?: number;
  readonly seconds?: number;
  readonly json: boolean;
}
