import { type ErrorCode, type ErrorDetails, SelvageError } from '@selvage/core';
import { type Certificate, serialText } from '../certificate/certificate.js';
import { nameText } from '../names/name-text.js';

/** A certificate of a path: position 0 is the peer's own, the highest is the trust anchor. */
export interface Link {
  readonly certificate: Certificate;
  readonly position: number;
  readonly isAnchor: boolean;
}

/** What a certificate can fail, in the order in which it is looked at; it stands in `details.check`. */
export type CheckName =
  | 'structure'
  | 'issuer'
  | 'signature'
  | 'version'
  | 'algorithm'
  | 'key'
  | 'critical extension'
  | 'validity'
  | 'basic constraints'
  | 'key usage'
  | 'extended key usage'
  | 'self-issue'
  | 'path length'
  | 'name constraints'
  | 'subject'
  | 'role'
  | 'revocation'
  | 'anchor subject'
  | 'holder';

/** What went wrong and what is to be done, beyond which certificate it is. */
export interface Failure {
  readonly code: ErrorCode;
  readonly check: CheckName;
  /** As it goes on after "fails the … check:", with the values. */
  readonly problem: string;
  readonly details?: ErrorDetails;
  readonly remedy?: string;
}

/** The error for a certificate that fails a check: it names the certificate, its position, the check and the values. */
export function refusal({ certificate, position, isAnchor }: Link, failure: Failure): SelvageError {
  const { code, check, problem, details, remedy } = failure;
  const subject = nameText(certificate.subject);
  const which = isAnchor ? `the trust anchor, ${subject},` : `certificate ${position} of the chain, ${subject},`;
  return new SelvageError(code, `${which} fails the ${check} check: ${problem}`, {
    details: { check, position, subject, serial: serialText(certificate), ...details },
    remedy,
    // What a person chose to trust is not the peer's fault.
    fault: isAnchor ? 'caller' : undefined,
  });
}

/** A moment for people: to the second, in UTC. */
export function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
}
