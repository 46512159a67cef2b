import { bytesEqual, type Instant } from '@selvage/core';
import { isBetterParent, type ParentCandidate } from '../attach/parent-candidate.js';
import { sameExtended } from '../../mac/address.js';
import type { ChildEffect, ChildInput, ParentSearch } from './child-input.js';
import type {
  Child,
  ChildIdRequest,
  ChildState,
  Idle,
  Parent,
  ParentRequest,
  Restoring,
  StoredParent,
} from './child-state.js';
import type { Moment, Step } from './child-step.js';
import { backOff, firstRound, laterRound, nextKeepAlive, times } from './times.js';

/** The states in which a node has no parent. */
type Detached = Exclude<ChildState, Child>;
type Input<K extends ChildInput['kind']> = Extract<ChildInput, { kind: K }>;

/** A step of a node without a parent. */
export function stepDetached(state: Detached, input: ChildInput, moment: Moment): Step {
  switch (input.kind) {
    case 'attach':
      return input.stored === undefined
        ? request({ failures: 0, request: 0 }, moment)
        : restore(input.stored, 1, moment);
    case 'detach':
      return { state: { kind: 'disabled' }, effects: [] };
    case 'timer':
      return timer(state, moment);
    case 'parent-response':
      return state.kind === 'parent-request' ? consider(state, input, moment) : stay(state);
    case 'child-id-response':
      return state.kind === 'child-id-request' ? adopt(state, input, moment) : stay(state);
    case 'child-update-response':
      return state.kind === 'restoring' ? restored(state, input, moment) : stay(state);
    case 'moved':
    case 'lost':
      return state.kind === 'disabled' ? stay(state) : request({ failures: 0, request: 0 }, moment);
    case 'news':
    case 'heard':
    case 'sent':
    case 'polls-failed':
    case 'doubt':
    case 'addresses-changed':
      return stay(state);
  }
}

/** Begins to look for a parent: after a loss, or when a stored one does not answer. */
export function request(at: { readonly failures: number; readonly request: number }, moment: Moment): Step {
  const { failures, request: number } = at;
  const { now, fresh } = moment;
  const search = roundOf(failures, moment)[number];
  if (search === undefined) return giveUp(failures, now);
  const { challenge } = fresh;
  const routersOnly = search === 'routers';
  const until = now + (routersOnly ? times.routersWait : times.everybodyWait);
  const settles = routersOnly ? now + times.routersSettle : until;
  return {
    state: { kind: 'parent-request', failures, request: number, challenge, settles, until },
    effects: [{ kind: 'parent-request', challenge, routersOnly }],
  };
}

function timer(state: Detached, moment: Moment): Step {
  const { now } = moment;
  switch (state.kind) {
    case 'disabled':
      return stay(state);
    case 'idle':
      return now < state.until ? stay(state) : request({ failures: state.failures, request: 0 }, moment);
    case 'restoring': {
      if (now < state.until) return stay(state);
      return state.tries < times.updateTries
        ? restore(state.parent, state.tries + 1, moment)
        : request({ failures: 0, request: 0 }, moment);
    }
    case 'parent-request':
      return choose(state, moment);
    case 'child-id-request':
      return now < state.until ? stay(state) : request({ ...state, request: state.request + 1 }, moment);
  }
}

function restore(parent: StoredParent, tries: number, { now, fresh: { challenge } }: Moment): Step {
  return {
    state: { kind: 'restoring', parent, challenge, tries, until: now + times.updateWait },
    effects: [{ kind: 'child-update-request', to: parent.extended, challenge, restoring: true }],
  };
}

/** The best candidate of this request is kept; a link without quality is none. */
function consider(state: ParentRequest, { candidate, answers }: Input<'parent-response'>, { facts }: Moment): Step {
  if (!bytesEqual(answers, state.challenge) || candidate.linkQuality === 0) return stay(state);
  if (facts.admits?.(candidate) === false) return stay(state);
  const isBest = state.best === undefined || isBetterParent(candidate, state.best, facts.full);
  return isBest ? { state: { ...state, best: candidate }, effects: [] } : stay(state);
}

/**
 * Takes the best that answered: early only if its link is the best there is, otherwise when all were asked (Thread 1.3
 * §4.5.3).
 */
function choose(state: ParentRequest, moment: Moment): Step {
  const { now } = moment;
  const { best, request: number, failures } = state;
  const isEarly = now < state.until;
  if (isEarly && (now < state.settles || best?.linkQuality !== 3)) return stay(state);
  const isLastOfKind = roundOf(failures, moment)[number] === 'all' || best?.linkQuality === 3;
  if (best !== undefined && isLastOfKind && now - best.heardAt < times.candidateLife) return ask(state, best, now);
  return request({ failures, request: number + 1 }, moment);
}

function roundOf(failures: number, { facts: { round } }: Pick<Moment, 'facts'>): readonly ParentSearch[] {
  return round ?? (failures === 0 ? firstRound : laterRound);
}

function ask({ failures, request: number }: ParentRequest, candidate: ParentCandidate, now: Instant): Step {
  return {
    state: { kind: 'child-id-request', failures, request: number, candidate, until: now + times.childIdWait },
    effects: [{ kind: 'child-id-request', candidate }],
  };
}

function giveUp(failures: number, now: Instant): Step {
  const idle: Idle = { kind: 'idle', failures: failures + 1, until: now + backOff(failures) };
  return { state: idle, effects: [{ kind: 'unheard', failures: failures + 1 }] };
}

/** A Child ID Response makes us its sender's child, if it is the one that we asked and its locators agree. */
function adopt(state: ChildIdRequest, input: Input<'child-id-response'>, moment: Moment): Step {
  const { from, sourceAddress, rloc16, leader } = input;
  const { extended, version } = state.candidate;
  const isParents = rloc16 >> 10 === sourceAddress >> 10 && (sourceAddress & 0x3ff) === 0 && (rloc16 & 0x1ff) !== 0;
  if (!sameExtended(from, extended) || !isParents) return stay(state);
  const parent: Parent = { extended, rloc16: sourceAddress, version };
  const child = attached({ parent, rloc16, leader, failures: state.failures }, moment);
  return { state: child, effects: [{ kind: 'attached', counters: undefined }] };
}

/** The stored parent still knows us, or says that it does not. */
function restored(state: Restoring, input: Input<'child-update-response'>, moment: Moment): Step {
  const { from, answers, leader, agrees, refuses, sourceAddress, counters } = input;
  const { parent, challenge } = state;
  if (!sameExtended(from, parent.extended)) return stay(state);
  if (refuses) return request({ failures: 0, request: 0 }, moment);
  const isProved = answers !== undefined && bytesEqual(answers, challenge);
  if (!isProved || leader === undefined || counters === undefined) return stay(state);
  if (!agrees || sourceAddress >> 10 !== parent.childRloc16 >> 10) return request({ failures: 0, request: 0 }, moment);
  const { extended, version, childRloc16: rloc16 } = parent;
  const now: Child = attached(
    { parent: { extended, rloc16: sourceAddress, version }, rloc16, leader, failures: 0 },
    moment,
  );
  const effects: ChildEffect[] = [{ kind: 'attached', counters }];
  return { state: { ...now, data: { kind: 'due', at: moment.now, tries: 0 } }, effects };
}

function attached(
  parts: Pick<Child, 'parent' | 'rloc16' | 'leader' | 'failures'>,
  { now, facts }: Pick<Moment, 'now' | 'facts'>,
): Child {
  return {
    kind: 'child',
    ...parts,
    since: now,
    update: { kind: 'quiet', at: nextKeepAlive(facts, now) },
    data: { kind: 'current' },
    heardAt: now,
    unacknowledged: 0,
  };
}

function stay(state: ChildState): Step {
  return { state, effects: [] };
}
