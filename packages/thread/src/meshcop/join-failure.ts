import { SelvageError } from '@selvage/core';

/** How far a join comes, in its order. */
export const joinSteps = ['discovery', 'petition', 'handshake', 'finalisation', 'entrust', 'attachment'] as const;
/** A step of a join. */
export type JoinStep = (typeof joinSteps)[number];

/** Why a join failed: what a person is told, and what a person does about it. */
interface Explanation {
  readonly step: JoinStep;
  readonly says: string;
  readonly remedy: string;
}

/**
 * Every way for a join to fail, seen from the joiner or from the commissioner, in the words of the specification (Thread
 * 1.3 §8.4). The same words stand in the log, the command line and the API.
 */
export const joinFailures = {
  'no-network': {
    step: 'discovery',
    says: 'no Thread network answered a joiner',
    remedy: 'see that a commissioner is active, and a router of its network in range on one of the channels looked at',
  },
  'not-in-steering-data': {
    step: 'discovery',
    says: 'networks answered, but none has this joiner in its steering data',
    remedy:
      'admit this EUI-64 at the commissioner, or check it against the label; where it is on a long list, try again: ' +
      'such a list is let in a part at a time',
  },
  'not-admitted': {
    step: 'handshake',
    says: 'the commissioner does not expect this joiner',
    remedy: 'admit this EUI-64 at the commissioner, or check it against the label',
  },
  'no-joiner-router': {
    step: 'discovery',
    says: 'a network admits this joiner, but no joiner router of it was heard',
    remedy: 'bring the joiner nearer to a router of the network',
  },
  'commissioner-not-active': {
    step: 'petition',
    says: 'the network has no active commissioner',
    remedy: 'start the commissioner, and have it petition for the network',
  },
  'commissioner-rejected': {
    step: 'petition',
    says: 'the petition was rejected: another commissioner is active',
    remedy: 'have the active commissioner resign, or wait until it is no longer kept alive',
  },
  'wrong-pskc': {
    step: 'petition',
    says: 'the border agent does not know this PSKc',
    remedy: 'check the commissioning passphrase, the network name and the extended PAN ID that the PSKc is made of',
  },
  'wrong-pskd': {
    step: 'handshake',
    says: 'joiner and commissioner have different joiner passphrases (PSKd)',
    remedy: 'compare the passphrase with the label of the device',
  },
  'flight-lost': {
    step: 'handshake',
    says: 'a flight of the DTLS handshake was not answered',
    remedy: 'bring the joiner nearer to the joiner router, and try again',
  },
  'session-limit': {
    step: 'handshake',
    says: 'too many joiners are joining at once',
    remedy: 'try again when one of them has joined',
  },
  'finalisation-rejected': {
    step: 'finalisation',
    says: 'JOIN_FIN was rejected',
    remedy: 'ask who runs the commissioner: the vendor, model or provisioning URL of the joiner is not accepted',
  },
  'kek-lost': {
    step: 'entrust',
    says: 'the joiner was accepted and is back without the network key: its KEK was lost on the way to the joiner router',
    remedy: 'let it try again; if that fails too, look at the way from the commissioner to the joiner router',
  },
  'entrust-not-received': {
    step: 'entrust',
    says: 'JOIN_FIN was accepted, but no JOIN_ENT came from the joiner router',
    remedy: 'try again, nearer to the joiner router',
  },
  'attach-failed': {
    step: 'attachment',
    says: 'the joiner has the network key, but no parent took it as a child',
    remedy: 'see that a router of the network is in range and has room for a child',
  },
  'timed-out': {
    step: 'finalisation',
    says: 'the other side did not answer in time',
    remedy: 'try again; the log says which message was the last one',
  },
} as const satisfies Readonly<Record<string, Explanation>>;

/** The name of a way to fail. */
export type JoinFailure = keyof typeof joinFailures;

/** What a person is told where a commissioner's session with a border agent is meant, and no joiner's with a commissioner. */
const atPetition: Readonly<Partial<Record<JoinFailure, Omit<Explanation, 'step'>>>> = {
  'flight-lost': {
    says: joinFailures['flight-lost'].says,
    remedy: 'see that the border agent is reached at this address, and that no other commissioner has its only session',
  },
  'session-limit': {
    says: 'the border agent takes no session now',
    remedy: 'wait: it has as many as it takes, or somebody has tried wrong passphrases',
  },
};
/** Not every commissioner says that a proof was wrong: OpenThread's external one falls silent. */
const afterProof = 'compare the passphrase with the label of the device, and bring it nearer to the joiner router';

function explanationOf(failure: JoinFailure, step: JoinStep, waitingFor: unknown): Omit<Explanation, 'step'> {
  const usual = joinFailures[failure];
  if (step === 'petition') return atPetition[failure] ?? usual;
  const hasProved = failure === 'flight-lost' && /\bFinished$/.test(String(waitingFor));
  return hasProved ? { says: usual.says, remedy: afterProof } : usual;
}

/**
 * A join that failed. The error's code is `join-failed`; its details have `failure`, `step` and what was seen.
 * @param seen more of what happened, such as the flight that was lost or who rejected
 */
export function joinFailed(
  failure: JoinFailure,
  seen: Readonly<Record<string, string | number>> = {},
  step: JoinStep = joinFailures[failure].step,
): SelvageError {
  const { says, remedy } = explanationOf(failure, step, seen['waiting for']);
  const details = Object.entries(seen).map(([name, value]) => `${name} ${value}`);
  const message = details.length === 0 ? says : `${says} (${details.join(', ')})`;
  return new SelvageError('join-failed', message, { remedy, details: { failure, step, ...seen } });
}
