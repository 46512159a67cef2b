import { bytesEqual } from '@selvage/core';
import { isAssertable } from '../ocf/role.js';
import type { LeafFacts } from './leaf-checks.js';
import { type Link, refusal } from './refusal.js';
import type { TrustAnchor } from './trust-anchor.js';

/** Whom a role certificate must belong to: the device of the session, as its identity certificate has it. */
export interface Holder {
  /** UUID in lower case. */
  readonly device: string;
  /** The uncompressed point of 65 bytes. */
  readonly publicKey: Uint8Array;
}

/** What the one who judges allows, beyond what certificates say of themselves. */
export interface AccessRules {
  readonly anchor: TrustAnchor;
  /** The device that must be there, as a UUID in lower case. */
  readonly device: string | undefined;
  readonly holder: Holder | undefined;
}

/**
 * Whether a good certificate may be used here: of the device that its anchor may vouch for, of the one that was
 * expected, and roles of the one that holds the session.
 * @throws SelvageError `access-denied`.
 */
export function checkAccess(link: Link, facts: LeafFacts, { anchor, device, holder }: AccessRules): void {
  const { subject = '*' } = anchor;
  if (subject !== '*' && subject !== facts.device) {
    deny(link, 'anchor subject', `it is of ${whom(facts)}, and its trust anchor may vouch for device ${subject} alone`);
  }
  if (device !== undefined && device !== facts.device) {
    deny(link, 'subject', `it is of ${whom(facts)}, where device ${device} was expected`);
  }
  if (holder !== undefined) checkHolder(link, facts, holder);
  const reserved = facts.roles.find((role) => !isAssertable(role));
  if (reserved !== undefined) {
    deny(link, 'role', `the role ${JSON.stringify(reserved.role)} is reserved, and no certificate can grant it`);
  }
}

function checkHolder(link: Link, facts: LeafFacts, { device, publicKey }: Holder): void {
  if (facts.device !== device) deny(link, 'holder', `it is of ${whom(facts)}, and the session of device ${device}`);
  const own = link.certificate.publicKey?.publicKey;
  if (own === undefined || !bytesEqual(own, publicKey)) {
    deny(link, 'holder', 'its key is not the key of the session: it may be stolen');
  }
}

function deny(link: Link, check: 'anchor subject' | 'subject' | 'holder' | 'role', problem: string): never {
  throw refusal(link, { code: 'access-denied', check, problem });
}

function whom({ device }: LeafFacts): string {
  return device === undefined ? 'no device' : `device ${device}`;
}
