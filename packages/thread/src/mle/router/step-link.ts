import { bytesEqual, type Instant } from '@selvage/core';
import { sameExtended } from '../../mac/address.js';
import { type LinkEffect, type LinkInput, type LinkState, linkTimes } from './link-state.js';

/** What a step depends on, beside state and input. */
export interface LinkMoment {
  readonly now: Instant;
  /** 8 random bytes, drawn where a step looks at them. */
  readonly challenge: Uint8Array;
}

/** A state, and what is to be done on the way into it. */
export interface LinkStep {
  readonly state: LinkState;
  readonly effects: readonly LinkEffect[];
}

type Input<K extends LinkInput['kind']> = Extract<LinkInput, { kind: K }>;
type State<K extends LinkState['kind']> = Extract<LinkState, { kind: K }>;

/** One step of a link: pure. Whatever does not fit the state changes nothing. */
export function stepLink(state: LinkState, input: LinkInput, moment: LinkMoment): LinkStep {
  switch (input.kind) {
    case 'advertised':
      return advertised(state, input, moment);
    case 'requested':
      return requested(state, input, moment);
    case 'accepted':
      return accepted(state, input, moment);
    case 'known':
      return linked(input.from, moment, []);
    case 'timer':
      return timer(state, moment);
    case 'removed':
      return state.kind === 'none' ? stay(state) : { state: { kind: 'none' }, effects: lost(state) };
  }
}

/** When a state wants `timer`. */
export function linkDeadline(state: LinkState): Instant {
  switch (state.kind) {
    case 'none':
      return Infinity;
    case 'linked':
      return state.silentAt;
    case 'asked':
    case 'doubted':
      return state.until;
  }
}

function advertised(state: LinkState, { from, isStrong }: Input<'advertised'>, moment: LinkMoment): LinkStep {
  switch (state.kind) {
    case 'none':
      return isStrong ? ask(from, moment) : stay(state);
    case 'asked':
      return stay(state);
    case 'linked':
    case 'doubted':
      // Another device has the router id now: the link of old says nothing of it.
      if (!sameExtended(state.extended, from)) return after(state, isStrong ? ask(from, moment) : gone);
      return stay({ kind: 'linked', extended: from, silentAt: moment.now + linkTimes.silence });
  }
}

function ask(to: Uint8Array, { now, challenge }: LinkMoment): LinkStep {
  return {
    state: { kind: 'asked', extended: to, challenge, until: now + linkTimes.answer },
    effects: [{ kind: 'request', to, challenge, isKnown: false }],
  };
}

/**
 * Whoever is not linked is asked in turn, which makes three messages of it. Where both asked at once both answer: each
 * then has the answer to its latest challenge.
 */
function requested(state: LinkState, { from, answers }: Input<'requested'>, moment: LinkMoment): LinkStep {
  const isLinked = state.kind === 'linked' || state.kind === 'doubted';
  if (isLinked && !sameExtended(state.extended, from)) return stay(state);
  if (isLinked) return { state, effects: [{ kind: 'accept', to: from, response: answers, challenge: undefined }] };
  const { now, challenge } = moment;
  return {
    state: { kind: 'asked', extended: from, challenge, until: now + linkTimes.answer },
    effects: [{ kind: 'accept', to: from, response: answers, challenge }],
  };
}

/** Only an answer to our challenge makes a link. */
function accepted(state: LinkState, input: Input<'accepted'>, moment: LinkMoment): LinkStep {
  const { from, response, challenge } = input;
  if (state.kind !== 'asked' && state.kind !== 'doubted') return stay(state);
  if (!sameExtended(state.extended, from) || !bytesEqual(response, state.challenge)) return stay(state);
  const answer: LinkEffect[] =
    challenge === undefined ? [] : [{ kind: 'accept', to: from, response: challenge, challenge: undefined }];
  return linked(from, moment, answer);
}

function linked(extended: Uint8Array, { now }: LinkMoment, effects: readonly LinkEffect[]): LinkStep {
  return {
    state: { kind: 'linked', extended, silentAt: now + linkTimes.silence },
    effects: [{ kind: 'established', extended }, ...effects],
  };
}

function timer(state: LinkState, moment: LinkMoment): LinkStep {
  const { now } = moment;
  if (now < linkDeadline(state)) return stay(state);
  switch (state.kind) {
    case 'none':
      return stay(state);
    case 'asked':
      return { state: { kind: 'none' }, effects: [] };
    case 'linked':
      return doubt(state.extended, 1, moment);
    case 'doubted':
      if (state.tries < linkTimes.doubts) return doubt(state.extended, state.tries + 1, moment);
      return { state: { kind: 'none' }, effects: lost(state) };
  }
}

function doubt(extended: Uint8Array, tries: number, { now, challenge }: LinkMoment): LinkStep {
  return {
    state: { kind: 'doubted', extended, challenge, tries, until: now + linkTimes.doubt },
    effects: [{ kind: 'request', to: extended, challenge, isKnown: true }],
  };
}

const gone: LinkStep = { state: { kind: 'none' }, effects: [] };

function after(state: State<'linked'> | State<'doubted'>, { state: next, effects }: LinkStep): LinkStep {
  return { state: next, effects: [...lost(state), ...effects] };
}

function lost(state: LinkState): readonly LinkEffect[] {
  return state.kind === 'linked' || state.kind === 'doubted' ? [{ kind: 'lost', extended: state.extended }] : [];
}

function stay(state: LinkState): LinkStep {
  return { state, effects: [] };
}
