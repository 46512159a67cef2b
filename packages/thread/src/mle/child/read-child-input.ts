import { bytesEqual, type Instant } from '@selvage/core';
import { linkQualityOf } from '../../mesh/link-quality.js';
import type { ParentCandidate } from '../attach/parent-candidate.js';
import type { LeaderData } from '../partition.js';
import type { MleArrival } from '../mle-host.js';
import { challengeOf } from '../challenge.js';
import type { DeviceMode } from '../tlv/mode.js';
import type { ChildInput } from './child-input.js';
import type { ChildState } from './child-state.js';

/** What reading depends on. */
export interface Reading {
  readonly now: Instant;
  /** dBm. */
  readonly sensitivity: number;
  /** Our own Mode TLV. */
  readonly mode: DeviceMode;
  /** Whether the message speaks of newer data than the node has, and does not carry them. */
  readonly lacks: (leader: LeaderData) => boolean;
}

const statusError = 1;
const priorities = { high: 1, medium: 0, reserved: 0, low: -1 } as const;

/** What a message means to a child; `undefined` for one that means nothing or lacks what it must have. */
export function readChildInput(arrival: MleArrival, reading: Reading): ChildInput | undefined {
  switch (arrival.command) {
    case 'parentResponse':
      return parentResponse(arrival, reading);
    case 'childIdResponse':
      return childIdResponse(arrival);
    case 'childUpdateResponse':
      return childUpdateResponse(arrival, reading);
    case 'advertisement':
    case 'dataResponse':
    case 'childUpdateRequest':
      return news(arrival, reading);
    default:
      return undefined;
  }
}

/** Whether a message echoes the challenge that the state waits for. */
export function isAnswer(state: ChildState, { command, tlvs }: MleArrival): boolean {
  const response = challengeOf(tlvs.response);
  if (response === undefined) return false;
  switch (state.kind) {
    case 'parent-request':
      return command === 'parentResponse' && bytesEqual(response, state.challenge);
    case 'restoring':
      return command === 'childUpdateResponse' && bytesEqual(response, state.challenge);
    case 'child': {
      const { update } = state;
      const challenge = update.kind === 'asked' ? update.challenge : undefined;
      return command === 'childUpdateResponse' && challenge !== undefined && bytesEqual(response, challenge);
    }
    case 'child-id-request':
    case 'disabled':
    case 'idle':
      return false;
  }
}

function parentResponse(arrival: MleArrival, { now, sensitivity }: Reading): ChildInput | undefined {
  const { tlvs, extended, keySequence, frameCounter, rssi } = arrival;
  const { sourceAddress: rloc16, leaderData: leader, linkFrameCounter, version, linkMargin, connectivity } = tlvs;
  const answers = challengeOf(tlvs.response);
  const challenge = challengeOf(tlvs.challenge);
  if (answers === undefined || challenge === undefined || keySequence === undefined) return undefined;
  if (rloc16 === undefined || leader === undefined || linkFrameCounter === undefined) return undefined;
  if (version === undefined || linkMargin === undefined || connectivity === undefined) return undefined;
  const margin = Math.min(linkMargin, rssi - sensitivity);
  const candidate: ParentCandidate = {
    extended,
    rloc16,
    leader,
    keySequence,
    linkFrameCounter,
    // The message itself may have the very counter that it says comes next.
    mleFrameCounter: Math.max(tlvs.mleFrameCounter ?? linkFrameCounter, frameCounter + 1),
    version,
    challenge: Uint8Array.from(challenge),
    linkMargin: margin,
    linkQuality: linkQualityOf(margin),
    connectivity: {
      idSequence: connectivity.idSequence,
      activeRouters: connectivity.activeRouters,
      leaderCost: connectivity.leaderCost,
      priority: priorities[connectivity.priority.parent],
      linkQuality3: connectivity.linkQuality3,
      linkQuality2: connectivity.linkQuality2,
      linkQuality1: connectivity.linkQuality1,
      sedBufferSize: connectivity.sleepyBuffer?.bytes ?? 0,
      sedDatagrams: connectivity.sleepyBuffer?.datagrams ?? 0,
    },
    heardAt: now,
  };
  return { kind: 'parent-response', candidate, answers };
}

function childIdResponse({ tlvs, extended }: MleArrival): ChildInput | undefined {
  const { sourceAddress, leaderData: leader, address16: rloc16, networkData } = tlvs;
  if (sourceAddress === undefined || leader === undefined || rloc16 === undefined || networkData === undefined) {
    return undefined;
  }
  return { kind: 'child-id-response', from: extended, sourceAddress, rloc16, leader };
}

function childUpdateResponse(arrival: MleArrival, { mode }: Reading): ChildInput | undefined {
  const { tlvs, extended, keySequence, frameCounter } = arrival;
  const { sourceAddress, leaderData: leader, status, linkFrameCounter } = tlvs;
  if (sourceAddress === undefined) return undefined;
  return {
    kind: 'child-update-response',
    from: extended,
    sourceAddress,
    leader,
    answers: challengeOf(tlvs.response),
    agrees: tlvs.mode !== undefined && sameMode(tlvs.mode, mode),
    refuses: status === statusError,
    counters:
      keySequence === undefined || linkFrameCounter === undefined
        ? undefined
        : {
            keySequence,
            link: linkFrameCounter,
            mle: Math.max(tlvs.mleFrameCounter ?? linkFrameCounter, frameCounter + 1),
          },
  };
}

function news({ tlvs, extended, command, multicast }: MleArrival, { lacks }: Reading): ChildInput | undefined {
  const { sourceAddress, leaderData: leader } = tlvs;
  if (sourceAddress === undefined || leader === undefined) return undefined;
  const answers = command === 'dataResponse' && !multicast;
  return { kind: 'news', from: extended, sourceAddress, leader, lacks: lacks(leader), multicast, answers };
}

function sameMode(a: DeviceMode, b: DeviceMode): boolean {
  return (
    a.receiverOnWhenIdle === b.receiverOnWhenIdle &&
    a.fullThreadDevice === b.fullThreadDevice &&
    a.fullNetworkData === b.fullNetworkData
  );
}
