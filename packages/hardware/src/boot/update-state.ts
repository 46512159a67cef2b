import { SelvageError } from '@selvage/core';

/**
 * The states of an update (PSA Firmware Update API 1.0 §4.2):
 *
 *   READY ─begin→ WRITING ─finish→ CANDIDATE ─install→ STAGED ─start→ TRIAL ─confirm→ UPDATED
 *                    └─cancel, a wrong image→ FAILED       └─reject→ REJECTED ←─reject, or no confirm─┘
 *
 * `clean` leads from FAILED, REJECTED and UPDATED back to READY; `begin` cleans by itself.
 */
export const updateStates = {
  READY: 0,
  WRITING: 1,
  CANDIDATE: 2,
  STAGED: 3,
  FAILED: 4,
  TRIAL: 5,
  REJECTED: 6,
  UPDATED: 7,
} as const;

/** The name of a state. */
export type UpdateState = keyof typeof updateStates;

/** How an update stands. */
export interface UpdateStatus {
  readonly state: UpdateState;
  /** The size that `begin` was told, bytes. */
  readonly size?: number | undefined;
  /** How much of it there is: the offset that `write` wants next. */
  readonly received?: number | undefined;
  /** The version of the image that it is about. */
  readonly version?: string | undefined;
  /** Why it failed or was rejected. */
  readonly reason?: string | undefined;
}

/** @throws SelvageError `wrong-state` where an operation is asked for in another state than it is for */
export function requireState(state: UpdateState, operation: string, allowed: readonly UpdateState[]): void {
  if (allowed.includes(state)) return;
  throw new SelvageError('wrong-state', `${operation} is for ${allowed.join(', ')}: the update is ${state}`, {
    details: { state, operation },
  });
}
