import type { ResponseCode } from '@selvage/coap';
import { type ErrorCode, type PeerAddress, SelvageError } from '@selvage/core';
import { codeWords, isSuccess, type OcfAnswer, type OcfRequest, refusalCode, requestText } from '../client/request.js';
import type { OcfSession } from '../client/session.js';
import type { Uuid } from '../uuid/uuid.js';

/** One request on a device's path. */
export interface Step {
  /** What it does, in the words of the specification: it completes "cannot …". */
  readonly name: string;
  readonly request: OcfRequest;
  /** A failure that does no harm. */
  readonly tolerates?: ResponseCode | undefined;
}

/** How far a device is on its path. */
export interface Progress {
  /** The device as it was named when the path began. */
  readonly device: Uuid;
  /** The step that is done now. */
  readonly step: string;
}

/** Whose path the steps are part of, and what a refusal means there. */
export interface StepContext {
  readonly device: Uuid;
  readonly refusal: Extract<ErrorCode, 'transfer-refused' | 'provisioning-refused'>;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Carries out a step.
 * @throws SelvageError (rejects) `transfer-refused`, `provisioning-refused`, or `access-refused` where the device refuses,
 *   and what {@link OcfSession.request} rejects with where it does not answer; `details.step` names the step.
 */
export async function carryOut<Address extends PeerAddress>(
  session: OcfSession<Address>,
  step: Step,
  context: StepContext,
): Promise<OcfAnswer> {
  const answer = await asked(step, context, () => session.request(step.request));
  if (isSuccess(answer.code) || answer.code === step.tolerates) return answer;
  throw refused(step, context, answer.code);
}

/** The same for the steps one after the other. */
export async function carryOutAll<Address extends PeerAddress>(
  session: OcfSession<Address>,
  steps: readonly Step[],
  context: StepContext,
): Promise<void> {
  for (const step of steps) await carryOut(session, step, context);
}

/** What a device answers to a step's request, with the step told before and named where it fails. */
export async function asked(
  step: Step,
  { device, onProgress }: StepContext,
  ask: () => Promise<OcfAnswer>,
): Promise<OcfAnswer> {
  onProgress?.({ device, step: step.name });
  try {
    return await ask();
  } catch (cause) {
    if (!(cause instanceof SelvageError)) throw cause;
    throw new SelvageError(cause.code, `device ${device}: cannot ${step.name}: ${cause.message}`, {
      cause,
      fault: cause.fault,
      details: { step: step.name, request: requestText(step.request), device },
      remedy: cause.remedy,
    });
  }
}

/** The error of a step that the device refused. */
export function refused(step: Step, { device, refusal }: StepContext, response: ResponseCode): SelvageError {
  const request = requestText(step.request);
  const words = `device ${device}: cannot ${step.name}: it answers ${request} with ${codeWords(response)}`;
  return new SelvageError(refusalCode(response, refusal), words, {
    details: { step: step.name, request, response, device },
    remedy: remedies[refusal],
  });
}

const remedies = {
  'transfer-refused': 'the device goes back to being un-owned; discover it again, or reset it at the device',
  'provisioning-refused': 'read its credentials and access control list, and remove what stands in the way',
} as const;

/**
 * Whether an error is the device's own refusal (4.xx): then it is known where the device stands. A device that fails (5.xx)
 * may not know that itself: its store may have what it could not acknowledge.
 */
export function isRefusal(error: unknown): error is SelvageError {
  const response = error instanceof SelvageError ? error.details?.['response'] : undefined;
  return typeof response === 'string' && response.startsWith('4.');
}

/** What is lost on the way: whether the device has heard what it was asked, nobody knows. */
const losses: readonly ErrorCode[] = ['timed-out', 'session-closed', 'request-reset', 'transfer-failed', 'port-closed'];

/** Whether an error leaves open where the device stands. */
export function isLost(error: unknown): boolean {
  return !(error instanceof SelvageError) || losses.includes(error.code);
}
