import type { Instant } from '@selvage/core';
import type { ReedEffect, ReedFacts, ReedInput, ReedState, SolicitStatus } from './reed-state.js';

/** What a step depends on, beside state and input. */
export interface ReedMoment {
  readonly now: Instant;
  readonly facts: ReedFacts;
  /** Random, 0 to 1. */
  readonly fraction: number;
}

/** A state, and what is to be done on the way into it. */
export interface ReedStep {
  readonly state: ReedState;
  readonly effects: readonly ReedEffect[];
}

const [second, leastJitter] = [1000, 1] as const;

/** One step: pure. */
export function stepReed(state: ReedState, input: ReedInput, moment: ReedMoment): ReedStep {
  const { facts, now } = moment;
  switch (input.kind) {
    case 'attached':
      if (!facts.eligible) return { state: { kind: 'content' }, effects: [] };
      return input.wants === undefined ? wait(moment) : solicit(input.wants);
    case 'routers':
      return state.kind === 'content' && facts.eligible && isShort(facts) ? wait(moment) : stay(state);
    case 'asked':
    case 'gap':
      return state.kind === 'soliciting' || !facts.eligible ? stay(state) : solicit('child-id-request');
    case 'refused':
      if (state.kind !== 'soliciting') return stay(state);
      return { state: { kind: 'content' }, effects: [{ kind: 'resign' }, { kind: 'stay' }] };
    case 'timer': {
      if (state.kind !== 'waiting' || now < state.until) return stay(state);
      if (isShort(facts) && facts.hasGoodNeighbour) return solicit('too-few-routers');
      return { state: { kind: 'content' }, effects: [{ kind: 'stay' }] };
    }
  }
}

/** When a state wants `timer`. */
export function reedDeadline(state: ReedState): Instant {
  return state.kind === 'waiting' ? state.until : Infinity;
}

function isShort({ activeRouters, upgradeThreshold }: ReedFacts): boolean {
  return activeRouters < upgradeThreshold;
}

/** Router selection jitter: 1 s to as many as are set. */
function wait({ now, facts, fraction }: ReedMoment): ReedStep {
  const jitter = leastJitter + fraction * Math.max(0, facts.selectionJitter - leastJitter);
  return { state: { kind: 'waiting', until: now + second * Math.min(jitter, facts.selectionJitter) }, effects: [] };
}

function solicit(status: SolicitStatus): ReedStep {
  return { state: { kind: 'soliciting', status }, effects: [{ kind: 'solicit', status }] };
}

function stay(state: ReedState): ReedStep {
  return { state, effects: [] };
}
