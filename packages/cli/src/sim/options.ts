import { InvalidArgumentError } from 'commander';
import { parseDuration } from '@selvage/sim';

/** `sim run`, as commander gives it. */
export interface SimOptions {
  readonly seed?: string;
  /** Milliseconds. */
  readonly until?: number;
  /** Times real time; undefined for as fast as it goes. */
  readonly speed?: number;
  readonly pcap?: string;
  /** Whether what each node would have drawn is told. */
  readonly energy: boolean;
  readonly json: boolean;
}

const fastest = 1_000_000;

/** Milliseconds. */
export function durationOption(value: string): number {
  const duration = parseDuration(value);
  if (duration !== undefined && duration > 0) return duration;
  throw new InvalidArgumentError('A duration is wanted, such as 90s, 5m or 1h 30m.');
}

export function speedOption(value: string): number | undefined {
  if (value === 'max') return undefined;
  const speed = Number(value.replace(/x$/, ''));
  if (speed > 0 && speed <= fastest) return speed;
  throw new InvalidArgumentError('A number of times real time is wanted, such as 1, 20 or 100, or max.');
}
