import { mapped, struct, u16, u48 } from '@selvage/core';

/** When a dataset was made (Thread 1.3 §8.10.1.1). */
export interface MleTimestamp {
  readonly seconds: number;
  /** 1/32768 s. */
  readonly ticks: number;
  readonly isAuthoritative: boolean;
}

/** `seconds (6) | ticks (15 bits) | authoritative (1 bit)`: TLVs 22 and 23. */
export const mleTimestamp = mapped(
  struct({ seconds: u48, fraction: u16 }),
  ({ seconds, fraction }): MleTimestamp => ({ seconds, ticks: fraction >> 1, isAuthoritative: (fraction & 1) === 1 }),
  ({ seconds, ticks, isAuthoritative }) => ({ seconds, fraction: ticks * 2 + (isAuthoritative ? 1 : 0) }),
);
