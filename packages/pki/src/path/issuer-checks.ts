import { namesEqual } from '../names/compare.js';
import { constrainedNames, type ConstraintViolation, violationOf } from '../names/constraints.js';
import type { GeneralName } from '../names/general-name.js';
import { nameText } from '../names/name-text.js';
import type { Purpose } from './purpose.js';
import { type Link, refusal } from './refusal.js';
import { checkIssuerPurposes, checkKeyUsage } from './usage-checks.js';

/**
 * What a certificate that issued another must be (RFC 5280 §6.1.4 (k) to (n), and the purpose's rules).
 * @param below the certificates under it, the peer's own first.
 * @throws SelvageError `bad-certificate`.
 */
export function checkIssuer(link: Link, below: readonly Link[], { leaf, issuers }: Purpose): void {
  checkAuthority(link);
  checkKeyUsage(link, issuers.keyUsage, 'bad-certificate');
  checkIssuerPurposes(link, leaf.extendedKeyUsage);
  if (!issuers.maySelfIssue) checkNotSelfIssued(link);
  checkPathLength(link, below);
  if (issuers.pathLength !== undefined) checkStatedPathLength(link, issuers.pathLength);
}

/** Holds the names of a certificate against what each authority above it may vouch for (RFC 5280 §6.1.3 (b), (c)). */
export function checkNames(link: Link, above: readonly Link[]): void {
  // Its own next key: what bound its name before binds the certificates below it.
  if (link.position > 0 && isSelfIssued(link)) return;
  const { subject, extensions } = link.certificate;
  const names = constrainedNames(subject, extensions.subjectAltName ?? []);
  for (const authority of above) {
    const constraints = authority.certificate.extensions.nameConstraints;
    const violation = constraints && violationOf(constraints, names);
    if (violation !== undefined) throw outOfBounds(link, authority, violation);
  }
}

function checkAuthority(link: Link): void {
  const constraints = link.certificate.extensions.basicConstraints;
  if (constraints?.isAuthority === true) return;
  const shown = constraints === undefined ? 'it has no basicConstraints' : 'its basicConstraints say cA false';
  throw refusal(link, {
    code: 'bad-certificate',
    check: 'basic constraints',
    problem: `${shown}: it is no authority, and issued certificate ${link.position - 1}`,
    details: { isAuthority: false },
  });
}

function checkNotSelfIssued(link: Link): void {
  if (link.isAnchor || !isSelfIssued(link)) return;
  throw refusal(link, {
    code: 'bad-certificate',
    check: 'self-issue',
    problem: 'its subject is its issuer, which only that of a root may be',
  });
}

/** A certificate that an authority gave itself is not counted (RFC 5280 §4.2.1.9). */
function checkPathLength(link: Link, below: readonly Link[]): void {
  const allowed = link.certificate.extensions.basicConstraints?.pathLength;
  const authorities = below.filter((one) => one.position > 0 && !isSelfIssued(one)).length;
  if (allowed === undefined || authorities <= allowed) return;
  throw refusal(link, {
    code: 'bad-certificate',
    check: 'path length',
    problem: `it allows ${allowed} authorities below it, and there are ${authorities}`,
    details: { pathLength: allowed, authorities },
  });
}

function checkStatedPathLength(link: Link, wanted: number): void {
  const stated = link.certificate.extensions.basicConstraints?.pathLength;
  if (link.isAnchor || stated === wanted) return;
  throw refusal(link, {
    code: 'bad-certificate',
    check: 'path length',
    problem: `its path length is ${stated ?? 'not limited'}, where ${wanted} is wanted`,
    details: { pathLength: stated ?? 'none', wanted },
  });
}

function isSelfIssued({ certificate }: Link): boolean {
  return namesEqual(certificate.issuer, certificate.subject);
}

function outOfBounds(link: Link, authority: Link, { name, rule }: ConstraintViolation): Error {
  const shown = `${name.kind} ${generalNameText(name)}`;
  const limit = rule === 'permitted' ? 'is in no subtree that' : 'is in a subtree that';
  const verb = rule === 'permitted' ? 'permits' : 'excludes';
  return refusal(link, {
    code: 'bad-certificate',
    check: 'name constraints',
    problem: `its ${shown} ${limit} ${nameText(authority.certificate.subject)} (position ${authority.position}) ${verb}`,
    details: { name: shown, rule, authority: authority.position },
  });
}

/** A general name for people. */
export function generalNameText(name: GeneralName): string {
  if (name.kind === 'directoryName') return nameText(name.name);
  if (name.kind === 'registeredID') return name.id;
  return 'text' in name ? JSON.stringify(name.text) : Buffer.from(name.bytes).toString('hex');
}
