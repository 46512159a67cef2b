import { bytesEqual } from '@selvage/core';
import { sameExtended } from '../../mac/address.js';
import { isSamePartition, type LeaderData } from '../partition.js';
import type { ChildEffect, ChildInput, LossReason } from './child-input.js';
import type { Child, UpdateState } from './child-state.js';
import type { Moment, Step } from './child-step.js';
import { request } from './step-detached.js';
import { mostUnacknowledged, nextKeepAlive, supervisionDeadline, times } from './times.js';

type Input<K extends ChildInput['kind']> = Extract<ChildInput, { kind: K }>;

/** A step of a node that has a parent. */
export function stepChild(state: Child, input: ChildInput, moment: Moment): Step {
  switch (input.kind) {
    case 'attach':
      return stay(state);
    case 'detach':
      return { state: { kind: 'disabled' }, effects: [{ kind: 'detached', reason: 'command' }] };
    case 'timer':
      return timer(state, moment);
    case 'child-update-response':
      return updated(state, input, moment);
    case 'news':
      return news(state, input, moment);
    case 'heard':
      return isParent(state, input.from) ? stay({ ...state, heardAt: moment.now }) : stay(state);
    case 'sent':
      return sent(state, input, moment);
    case 'polls-failed':
      return input.failures >= mostUnacknowledged ? lose(state, 'unanswered', moment) : stay(state);
    case 'doubt':
      return state.update.kind === 'asked' && state.update.challenge !== undefined
        ? stay(state)
        : update(state, 1, moment.fresh.challenge, moment);
    case 'moved':
      return stay({ ...state, update: { kind: 'quiet', at: moment.now + times.moveWait }, unacknowledged: 0 });
    case 'addresses-changed':
      return state.update.kind === 'asked'
        ? stay({ ...state, update: { ...state.update, isStale: true } })
        : update(state, 1, undefined, moment);
    case 'lost':
      return lose(state, input.reason, moment);
    case 'parent-response':
    case 'child-id-response':
      return stay(state);
  }
}

function timer(state: Child, moment: Moment): Step {
  const { now, facts, fresh } = moment;
  const { update: asked } = state;
  if (asked.kind === 'asked' && now >= asked.until) {
    if (asked.tries >= times.updateTries) return lose(state, 'unanswered', moment);
    return update(state, asked.tries + 1, asked.challenge, moment);
  }
  if (asked.kind === 'quiet' && now >= supervisionDeadline(facts, state.heardAt)) {
    return update(state, 1, fresh.challenge, moment);
  }
  if (asked.kind === 'quiet' && now >= asked.at) return update(state, 1, undefined, moment);
  if (state.data.kind === 'due' && now >= state.data.at) return askForData(state, state.data.tries, moment);
  return stay(state);
}

/** A parent that answers no Data Request may have forgotten us: it is asked whether it knows us. */
function askForData(state: Child, tries: number, moment: Moment): Step {
  const { now, fresh } = moment;
  if (tries >= times.dataTries) {
    return update({ ...state, data: { kind: 'current' } }, 1, fresh.challenge, moment);
  }
  const data = { kind: 'due', at: now + times.dataWait, tries: tries + 1 } as const;
  return { state: { ...state, data }, effects: [{ kind: 'data-request', to: state.parent.extended }] };
}

function update(state: Child, tries: number, challenge: Uint8Array | undefined, { now }: Moment): Step {
  const asked: UpdateState = { kind: 'asked', tries, until: now + times.updateWait, challenge };
  const effects: ChildEffect[] = [
    { kind: 'child-update-request', to: state.parent.extended, challenge, restoring: false },
  ];
  return { state: { ...state, update: asked }, effects };
}

function updated(state: Child, input: Input<'child-update-response'>, moment: Moment): Step {
  const { from, refuses, agrees, answers, leader, sourceAddress } = input;
  if (!isParent(state, from)) return stay(state);
  const { update: asked } = state;
  if (asked.kind !== 'asked') return stay(state);
  // A refusal need not answer the challenge: whoever sends it shares the network's keys, and has been asked.
  if (refuses) return lose(state, 'disowned', moment);
  if (asked.challenge !== undefined && (answers === undefined || !bytesEqual(answers, asked.challenge))) {
    return stay(state);
  }
  if (!agrees || sourceAddress >> 10 !== state.rloc16 >> 10) return lose(state, 'disowned', moment);
  const quiet: UpdateState = { kind: 'quiet', at: nextKeepAlive(moment.facts, moment.now) };
  const heard: Child = { ...state, update: quiet, heardAt: moment.now };
  const next = leader === undefined ? heard : { ...heard, leader };
  return asked.isStale === true ? update(next, 1, undefined, moment) : stay(next);
}

/** What the parent says of the partition is taken; what is missing is asked for. */
function news(state: Child, input: Input<'news'>, moment: Moment): Step {
  if (!isParent(state, input.from)) return stay(state);
  if (input.sourceAddress !== state.parent.rloc16) return lose(state, 'disowned', moment);
  const { leader, lacks, multicast, answers } = input;
  const isMoved = !isSamePartition(leader, state.leader);
  const heard: Child = { ...state, heardAt: moment.now, leader: adopted(state.leader, leader) };
  if (!lacks && !isMoved) return stay(answers ? { ...heard, data: { kind: 'current' } } : heard);
  if (answers && !lacks) return stay({ ...heard, data: { kind: 'current' } });
  if (heard.data.kind === 'due') return stay(heard);
  const delay = multicast ? moment.fresh.fraction * times.dataWait : times.dataDelay;
  return stay({ ...heard, data: { kind: 'due', at: moment.now + delay, tries: 0 } });
}

function adopted(known: LeaderData, told: LeaderData): LeaderData {
  return isSamePartition(known, told) && known.dataVersion === told.dataVersion ? known : told;
}

function sent(state: Child, { to, acknowledged }: Input<'sent'>, moment: Moment): Step {
  if (!isParent(state, to)) return stay(state);
  if (acknowledged) return state.unacknowledged === 0 ? stay(state) : stay({ ...state, unacknowledged: 0 });
  const unacknowledged = state.unacknowledged + 1;
  if (unacknowledged >= mostUnacknowledged) return lose(state, 'unanswered', moment);
  return stay({ ...state, unacknowledged });
}

function lose(state: Child, reason: LossReason, moment: Moment): Step {
  const lasted = moment.now - state.since >= times.lasting;
  const searched = request({ failures: lasted ? 0 : state.failures, request: 0 }, moment);
  return { state: searched.state, effects: [{ kind: 'detached', reason }, ...searched.effects] };
}

function isParent({ parent }: Child, extended: Uint8Array): boolean {
  return sameExtended(parent.extended, extended);
}

function stay(state: Child): Step {
  return { state, effects: [] };
}
