import type { Role } from '@selvage/pki';
import type { TrustAnchor } from '@selvage/pki';
import type { JudgedChain } from './judged-chain.js';

/** A role certificate that was shown in a session. */
export interface AssertedRole {
  readonly credid: number;
  readonly certificate: JudgedChain;
}

/** The roles that those certificates give which hold now. @param now wall clock, ms since 1970 */
export function rolesHeld(
  asserted: readonly AssertedRole[],
  anchors: readonly TrustAnchor[],
  now: number,
): readonly Role[] {
  return asserted.flatMap(({ certificate }) => certificate.standing(anchors, now)?.roles ?? []);
}
