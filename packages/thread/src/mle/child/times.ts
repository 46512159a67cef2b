import type { Instant } from '@selvage/core';
import type { ChildFacts, ParentSearch } from './child-input.js';

const second = 1000;

/** Milliseconds, where nothing else is said; OpenThread's where the specification leaves them open. */
export const times = {
  /** Routers answer a Parent Request within half a second: by then a good answer is taken. */
  routersSettle: 560,
  routersWait: 750,
  /** Everybody answers within a second; a fresh node that finds nobody leads after six requests in less than 6.5 s. */
  everybodyWait: 1200,
  childIdWait: 1250,
  leastBackOff: 251,
  mostBackOff: 20 * 60 * second,
  /** An attachment that lasted so long ends the back-off. */
  lasting: 20 * second,
  updateWait: second,
  updateTries: 4,
  keepAliveAhead: 4 * second,
  /** How long a parent keeps its challenge to us, with some reserve. */
  candidateLife: 1800,
  dataWait: second,
  dataTries: 4,
  dataDelay: 10,
  /** After a move, until the parent is asked whether it moved too. */
  moveWait: 2000,
} as const;

/** Consecutive frames or polls that nobody acknowledged: the parent is gone. */
export const mostUnacknowledged = 4;

/** The requests of a round: to routers alone, and to all that could become one (Thread 1.3 §4.5.1). */
export const firstRound: readonly ParentSearch[] = ['routers', 'routers', 'all', 'all', 'all', 'all'];
export const laterRound: readonly ParentSearch[] = ['routers', 'all'];

/** Of a node that was in a partition already: end devices that could be routers are asked from the first. */
export const sameRound: readonly ParentSearch[] = ['all', 'all', 'all'];

/** How long a search pauses after so many failures. */
export function backOff(failures: number): number {
  return Math.min(times.leastBackOff * 2 ** Math.min(failures, 16), times.mostBackOff);
}

/** When the parent must hear from a child that said nothing else: polls of a sleepy one say enough. */
export function nextKeepAlive({ sleepy, timeout }: ChildFacts, now: Instant): Instant {
  return sleepy ? Infinity : now + Math.max(second, timeout * second - times.keepAliveAhead);
}

/** When a silent parent is doubted. */
export function supervisionDeadline({ supervision }: ChildFacts, heardAt: Instant): Instant {
  return supervision === 0 ? Infinity : heardAt + supervision * second;
}
