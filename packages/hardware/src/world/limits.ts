import type { CborLimits } from '@selvage/core';
import type { Rate } from './allowance.js';

/** How much of the board firmware may use. */
export interface GrantedLimits {
  /** Ports that are open at a time. */
  readonly ports: number;
  /** Datagrams that one port sends, and that all of them send. */
  readonly portRate: Rate;
  readonly totalRate: Rate;
  /** What is shown at peripherals. */
  readonly showRate: Rate;
  /** Lines of the log, and characters of the longest one. */
  readonly logRate: Rate;
  readonly logLine: number;
  /** Bytes of a value at a peripheral, and what there may be in it. */
  readonly valueLength: number;
  readonly value: CborLimits;
  /** How long firmware has to say goodbye, and to answer that it is alive; ms. */
  readonly farewell: number;
  readonly alive: number;
}

export const usualGrantedLimits: GrantedLimits = {
  ports: 32,
  portRate: { burst: 2000, perSecond: 2000 },
  totalRate: { burst: 4000, perSecond: 4000 },
  showRate: { burst: 500, perSecond: 200 },
  logRate: { burst: 200, perSecond: 50 },
  logLine: 1000,
  valueLength: 32_768,
  value: { depth: 16, items: 4096, keys: 512 },
  farewell: 1000,
  alive: 5000,
};
