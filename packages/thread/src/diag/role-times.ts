import type { Instant } from '@selvage/core';
import type { MleCountersValue } from './tlv/counters.js';

/** Roles that times are kept of. */
export type CountedRole = 'disabled' | 'detached' | 'child' | 'router' | 'leader';

/** What a node is from now on. */
export interface RoleChange {
  readonly role: CountedRole;
  /** The extended address of the parent, in hexadecimal. */
  readonly parent: string | undefined;
  readonly partitionId: number | undefined;
}

type Counts = Record<
  `${CountedRole}Role` | 'attachAttempts' | 'partitionIdChanges' | 'betterPartitionAttachAttempts' | 'parentChanges',
  number
>;
const largestCount = 0xffff;

/** How often a node took each role, and for how long it was in each: its MLE counters. */
export class RoleTimes {
  #counts = noCounts();
  #times = noTimes();
  #since: Instant;
  #now: RoleChange = { role: 'disabled', parent: undefined, partitionId: undefined };
  /** The last that it had: losing and finding the same again is no change. */
  #parent: string | undefined;
  #partitionId: number | undefined;

  constructor(now: Instant) {
    this.#since = now;
  }

  /** It searched for a parent, whether or not it found one. */
  attempted(isForBetter = false): void {
    this.#count(isForBetter ? 'betterPartitionAttachAttempts' : 'attachAttempts');
  }

  changed(change: RoleChange, now: Instant): void {
    if (change.role !== this.#now.role) {
      this.#elapse(now);
      this.#count(`${change.role}Role`);
    }
    const { parent, partitionId } = change;
    if (parent !== undefined) {
      if (this.#parent !== undefined && parent !== this.#parent) this.#count('parentChanges');
      this.#parent = parent;
    }
    if (partitionId !== undefined) {
      if (this.#partitionId !== undefined && partitionId !== this.#partitionId) this.#count('partitionIdChanges');
      this.#partitionId = partitionId;
    }
    this.#now = change;
  }

  /** All zero from now on. */
  reset(now: Instant): void {
    this.#counts = noCounts();
    this.#times = noTimes();
    this.#since = now;
  }

  value(now: Instant): MleCountersValue {
    this.#elapse(now);
    const { disabled, detached, child, router, leader } = this.#times;
    const whole = (milliseconds: number): bigint => BigInt(Math.round(milliseconds));
    return {
      ...this.#counts,
      trackedTime: whole(disabled + detached + child + router + leader),
      disabledTime: whole(disabled),
      detachedTime: whole(detached),
      childTime: whole(child),
      routerTime: whole(router),
      leaderTime: whole(leader),
    };
  }

  #elapse(now: Instant): void {
    this.#times[this.#now.role] += Math.max(0, now - this.#since);
    this.#since = now;
  }

  #count(name: keyof Counts): void {
    this.#counts[name] = Math.min(largestCount, this.#counts[name] + 1);
  }
}

function noCounts(): Counts {
  return {
    ...{ disabledRole: 0, detachedRole: 0, childRole: 0, routerRole: 0, leaderRole: 0 },
    ...{ attachAttempts: 0, partitionIdChanges: 0, betterPartitionAttachAttempts: 0, parentChanges: 0 },
  };
}

function noTimes(): Record<CountedRole, number> {
  return { disabled: 0, detached: 0, child: 0, router: 0, leader: 0 };
}
