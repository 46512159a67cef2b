import { compareTimestamps, type DatasetTimestamp } from '../dataset/timestamp.js';

/** The Active and Pending Timestamp TLVs of a message, absent where there is no dataset. */
export interface Timestamps {
  readonly active: DatasetTimestamp | undefined;
  readonly pending: DatasetTimestamp | undefined;
}

/** Whether `a` is newer than `b`; anything is newer than nothing. */
export function isNewerTimestamp(a: DatasetTimestamp | undefined, b: DatasetTimestamp | undefined): boolean {
  if (a === undefined) return false;
  return b === undefined || compareTimestamps(a, b) > 0;
}

/** Whether two timestamps are the same, absent ones included. */
export function sameTimestamp(a: DatasetTimestamp | undefined, b: DatasetTimestamp | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return compareTimestamps(a, b) === 0;
}
