import type { NetworkOptions } from '../network/network-of.js';

/** `thread sniff`, as commander gives it. */
export interface SniffOptions extends NetworkOptions {
  readonly channel?: number;
  readonly keys?: readonly string[];
  readonly write?: string;
  readonly count?: number;
  readonly seconds?: number;
  readonly json: boolean;
}
