import { decode, type Instant } from '@selvage/core';
import { airTime, commandIds, headerLength, macFrame } from '@selvage/thread';
import { sumOf } from './amounts.js';
import { nrf52840 } from './energy-table.js';
import { ccmBlocks, noOperations, type Operations } from './operations.js';
import { type RadioUse, unusedRadio } from './radio-use.js';

/** A frame of a capture in which frames took no time, as on the ether of OpenThread's simulation. */
export interface CapturedFrame {
  /** Milliseconds. */
  readonly at: Instant;
  readonly node: number;
  /** With its frame check sequence. */
  readonly psdu: Uint8Array;
}

const acknowledgementLength = 5;
/** A secured data frame without a payload, from a short address to a short one. */
const emptyFrame = 21;
const [integrityCode, frameCheck] = [4, 2] as const;
/** aTurnaroundTime, milliseconds. */
const turnaround = 0.192;
/** aUnitBackoffPeriod, and how many of 0 to 7 are waited for in the mean, milliseconds. */
const meanBackOff = 3.5 * 0.32;
const assessment = nrf52840.assessment.value;

/**
 * What a node did from one instant of a capture to another with its receiver on all the time. Between two frames passes
 * what passed in the capture, and at least what the second one needs on a real air: its own time there, and the mean
 * back-off and the assessment before it, or the turnaround before an acknowledgement.
 */
export function awakeUse(
  frames: readonly CapturedFrame[],
  node: number,
  partner: number,
  [from, to]: readonly [number, number],
): { readonly duration: number; readonly radio: RadioUse } {
  const between = frames.filter(({ at }) => at >= from && at <= to);
  const own = between.filter((frame) => frame.node === node || (frame.node === partner && isUnicast(frame)));
  let duration = 0;
  let radio: RadioUse = unusedRadio;
  for (const [i, frame] of own.entries()) {
    const needed = neededTime(frame);
    duration += Math.max(needed, frame.at - (own[i - 1]?.at ?? from));
    if (frame.node !== node) {
      radio = sumOf(radio, { ...unusedRadio, received: 1 });
      continue;
    }
    const { length } = frame.psdu;
    const assessing = isAcknowledgement(frame) ? 0 : assessment;
    radio = sumOf(radio, { ...unusedRadio, transmitting: airTime(length), assessing, frames: 1, bytes: length });
  }
  const receiving = duration - radio.transmitting - radio.assessing;
  return { duration, radio: { ...radio, receiving } };
}

/** What a sleepy child did for its polls in a capture, asleep but for them; and how many they are. */
export function pollUse(
  frames: readonly CapturedFrame[],
  node: number,
  after: number,
): { readonly polls: number; readonly radio: RadioUse; readonly operations: Operations; readonly others: number } {
  let polls = 0;
  let others = 0;
  let radio: RadioUse = unusedRadio;
  let operations = noOperations;
  for (const [i, frame] of frames.entries()) {
    if (frame.node !== node || frame.at < after) continue;
    const reply = frames[i + 1];
    if (!isPoll(frame) || reply === undefined || !isAcknowledgement(reply)) {
      others++;
      continue;
    }
    const { psdu } = frame;
    const receiving = turnaround + airTime(reply.psdu.length);
    const poll = { transmitting: airTime(psdu.length), assessing: assessment, receiving };
    radio = sumOf(radio, { ...poll, frames: 1, bytes: psdu.length, received: 1 });
    operations = sumOf(operations, { ...noOperations, aesBlocks: frameBlocks(psdu) });
    polls++;
  }
  return { polls, radio, operations, others };
}

/**
 * What a child does for one empty frame of its parent's that waited for its poll: it hears it after the mean back-off,
 * and acknowledges it.
 */
export function supervisionUse(): { readonly radio: RadioUse; readonly operations: Operations } {
  const transmitting = airTime(acknowledgementLength);
  const receiving = meanBackOff + assessment + airTime(emptyFrame) + turnaround;
  const radio = { ...unusedRadio, transmitting, receiving, frames: 1, bytes: acknowledgementLength, received: 1 };
  const aesBlocks = ccmBlocks(emptyFrame - integrityCode - frameCheck, 0);
  return { radio, operations: { ...noOperations, aesBlocks } };
}

function neededTime(frame: CapturedFrame): number {
  const before = isAcknowledgement(frame) ? turnaround : meanBackOff + assessment;
  return before + airTime(frame.psdu.length);
}

/** Of the first byte of the frame control field: the frame's type, and whether it is to be acknowledged. */
const [typeMask, acknowledgement, command, request] = [0x07, 2, 3, 0x20] as const;

function isAcknowledgement({ psdu }: CapturedFrame): boolean {
  return psdu.length === acknowledgementLength && ((psdu[0] as number) & typeMask) === acknowledgement;
}

/** Whether somebody acknowledges it, or it acknowledges. */
function isUnicast(frame: CapturedFrame): boolean {
  return isAcknowledgement(frame) || ((frame.psdu[0] as number) & request) !== 0;
}

function isPoll({ psdu }: CapturedFrame): boolean {
  return ((psdu[0] as number) & typeMask) === command && read(psdu).command === commandIds.dataRequest;
}

function frameBlocks(psdu: Uint8Array): number {
  const frame = read(psdu);
  return ccmBlocks(headerLength(psdu.length - frameCheck, frame), frame.payload.length);
}

function read(psdu: Uint8Array) {
  return decode(macFrame, psdu.subarray(0, -frameCheck));
}
