import type { Instant } from '@selvage/core';
import type { ChildEffect, ChildFacts, Fresh } from './child-input.js';
import type { ChildState } from './child-state.js';

/** What a step depends on, beside state and input. */
export interface Moment {
  readonly now: Instant;
  readonly facts: ChildFacts;
  readonly fresh: Fresh;
}

/** A state, and what is to be done on the way into it. */
export interface Step {
  readonly state: ChildState;
  readonly effects: readonly ChildEffect[];
}
