import type { Instant } from '@selvage/core';
import type { ChildFacts, ChildInput } from './child-input.js';
import type { ChildState } from './child-state.js';
import type { Moment, Step } from './child-step.js';
import { stepChild } from './step-child.js';
import { stepDetached } from './step-detached.js';
import { supervisionDeadline } from './times.js';

/** One step of a child: pure. Whatever does not fit the state changes nothing. */
export function step(state: ChildState, input: ChildInput, moment: Moment): Step {
  switch (state.kind) {
    case 'disabled':
    case 'idle':
    case 'restoring':
    case 'parent-request':
    case 'child-id-request':
      return stepDetached(state, input, moment);
    case 'child':
      return stepChild(state, input, moment);
  }
}

/** When a state wants `timer`. */
export function deadlineOf(state: ChildState, facts: ChildFacts): Instant {
  switch (state.kind) {
    case 'disabled':
      return Infinity;
    case 'idle':
    case 'restoring':
    case 'child-id-request':
      return state.until;
    case 'parent-request':
      return state.best?.linkQuality === 3 ? state.settles : state.until;
    case 'child': {
      const update = state.update.kind === 'quiet' ? state.update.at : state.update.until;
      const data = state.data.kind === 'due' ? state.data.at : Infinity;
      const supervision = state.update.kind === 'quiet' ? supervisionDeadline(facts, state.heardAt) : Infinity;
      return Math.min(update, data, supervision);
    }
  }
}
