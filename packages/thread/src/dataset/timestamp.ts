import { type Codec, mapped, struct, u16, u48 } from '@selvage/core';

/** When a dataset was made, so that the newer one wins (Thread 1.3 §8.10.1.1). */
export interface DatasetTimestamp {
  /** Since 1970 by convention; any rising number serves. */
  readonly seconds: number;
  /** 1/32768 s, 0 to 32767. */
  readonly ticks: number;
  /** From a commissioner that knows the time. */
  readonly isAuthoritative: boolean;
}

/** `seconds (6) | ticks (15 bits) | authoritative (1 bit)`. */
export const datasetTimestamp: Codec<DatasetTimestamp> = mapped(
  struct({ seconds: u48, fraction: u16 }),
  ({ seconds, fraction }) => ({ seconds, ticks: fraction >> 1, isAuthoritative: (fraction & 1) === 1 }),
  ({ seconds, ticks, isAuthoritative }) => ({ seconds, fraction: ticks * 2 + (isAuthoritative ? 1 : 0) }),
);

/** Negative, zero or positive as `a` is older than `b`, equal, or newer; the authoritative one of two equals is newer. */
export function compareTimestamps(a: DatasetTimestamp, b: DatasetTimestamp): number {
  return a.seconds - b.seconds || a.ticks - b.ticks || Number(a.isAuthoritative) - Number(b.isAuthoritative);
}

/** A whole second. */
export function timestampOf(seconds: number): DatasetTimestamp {
  return { seconds, ticks: 0, isAuthoritative: false };
}
