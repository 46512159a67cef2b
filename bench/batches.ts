/** CPU time of an operation: the median of several batches, each long enough for the clock's grain. */
import type { Measured } from './figure.js';

export interface BatchOptions {
  /** How many batches are measured. Default 15. */
  readonly batches?: number;
  /** How long one batch takes at least, in milliseconds of CPU time. Default 100. */
  readonly batchTime?: number;
}

const settledBatches = 6;
const mostWarmUpBatches = 80;
/** CPU time to warm up for at least, in microseconds: the compiler comes back to a handshake's many functions for seconds. */
const leastWarmUp = 3_000_000;
const scales = { ms: 1e-3, µs: 1 } as const;

/**
 * Measures the CPU time, user and system and of all threads (the collector's and the compiler's too), of one `operation`.
 * The batches before the first measured one warm the compiler up and find the batch's size.
 */
export function cpuTime(unit: keyof typeof scales, operation: () => void, options: BatchOptions = {}): Measured {
  return measureInTurn(unit, [operation], options)[0];
}

/** Measures two operations batch by batch in turn, so that a machine that is slower for a while is slower for both. */
export function sideBySide(
  unit: keyof typeof scales,
  one: () => void,
  other: () => void,
  options: BatchOptions = {},
): [Measured, Measured] {
  return measureInTurn(unit, [one, other], options);
}

function measureInTurn<Operations extends [() => void, ...(() => void)[]]>(
  unit: keyof typeof scales,
  operations: Operations,
  { batches = 15, batchTime = 100 }: BatchOptions,
): { [Index in keyof Operations]: Measured } {
  const series = operations.map((operation) => ({
    operation,
    count: warmedUpCount(operation, batchTime * 1000),
    times: [] as number[],
  }));
  for (let batch = 0; batch < batches; batch += 1) {
    for (const { operation, count, times } of series) {
      times.push(microseconds(operation, count) / count);
    }
  }
  const measured = series.map(({ count, times }) => ({ value: median(times) * scales[unit], n: count * batches }));
  return measured as { [Index in keyof Operations]: Measured };
}

/**
 * How many operations fill the time, once their speed no longer grows: while the compiler is still at work on the
 * operation, one batch after the other is faster than all before.
 */
function warmedUpCount(operation: () => void, batchTime: number): number {
  let count = 1;
  let best = Number.POSITIVE_INFINITY;
  let batchesSinceBest = 0;
  let spent = 0;
  const settled = (): boolean => batchesSinceBest >= settledBatches && spent >= leastWarmUp;
  for (let batch = 0; batch < mostWarmUpBatches && !settled(); batch += 1) {
    const time = microseconds(operation, count) / count;
    spent += time * count;
    batchesSinceBest = time < best * 0.97 ? 0 : batchesSinceBest + 1;
    best = Math.min(best, time);
    count = Math.max(1, Math.min(count * 8, Math.ceil(batchTime / time)));
  }
  return Math.max(1, Math.ceil(batchTime / best));
}

function microseconds(operation: () => void, count: number): number {
  const begun = process.cpuUsage();
  for (let i = 0; i < count; i += 1) {
    operation();
  }
  const { user, system } = process.cpuUsage(begun);
  return user + system;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
