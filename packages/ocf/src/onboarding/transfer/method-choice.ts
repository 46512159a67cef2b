import { SelvageError } from '@selvage/core';
import type { Doxm } from '../../security/doxm.js';
import { type TransferMethod, transferMethodOf } from '../../security/transfer-method.js';

/**
 * Which owner transfer methods are allowed, the best first. What a device offers is said unsecured, and anybody on its way
 * can leave out the better methods: who must be sure does not allow the weaker ones.
 */
export interface OwnershipPolicy {
  readonly methods: readonly TransferMethod[];
}

/** Every method, those that prove more first. */
export const defaultPolicy: OwnershipPolicy = { methods: ['manufacturer-certificate', 'random-pin', 'just-works'] };

/** What a method is chosen by. */
export interface MethodQuestion {
  readonly policy: OwnershipPolicy;
  /** The one that is asked for; where there is none, the best that can be. */
  readonly method?: TransferMethod | undefined;
  /** Whether somebody can read the PIN from the device. */
  readonly hasPin: boolean;
  /** Whether there are manufacturers whose certificates are trusted. */
  readonly hasAnchors: boolean;
}

/**
 * The method that a device is owned by: the one that is asked for, else the best of those that the device offers, the
 * policy allows and the tool has what it takes for.
 * @throws SelvageError `method-unavailable`, saying what stands in the way of each.
 */
export function chooseMethod({ oxms }: Pick<Doxm, 'oxms'>, question: MethodQuestion): TransferMethod {
  const offered = oxms.flatMap((number) => transferMethodOf(number) ?? []);
  const { policy, method } = question;
  const candidates = method === undefined ? policy.methods : [method];
  const chosen = candidates.find((candidate) => obstacle(candidate, offered, question) === undefined);
  if (chosen !== undefined) return chosen;
  const reasons = candidates.map((candidate) => `${candidate}: ${obstacle(candidate, offered, question)}`);
  throw new SelvageError('method-unavailable', `no owner transfer method is left (${reasons.join('; ')})`, {
    details: { offered: offered.join(' '), allowed: policy.methods.join(' ') },
    remedy: 'allow a method that the device offers, give its PIN, or trust its manufacturer',
  });
}

/** Why a method cannot be; `undefined` where it can. */
function obstacle(
  method: TransferMethod,
  offered: readonly TransferMethod[],
  { policy, hasPin, hasAnchors }: MethodQuestion,
): string | undefined {
  if (!offered.includes(method)) return 'the device does not offer it';
  if (!policy.methods.includes(method)) return 'the policy does not allow it';
  if (method === 'random-pin' && !hasPin) return 'nobody gives the PIN';
  if (method === 'manufacturer-certificate' && !hasAnchors) return 'no manufacturer is trusted';
  return undefined;
}
