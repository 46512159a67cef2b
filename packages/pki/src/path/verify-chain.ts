import { SelvageError } from '@selvage/core';
import type { CryptoCore, HashAlgorithm } from '@selvage/crypto';
import type { Certificate } from '../certificate/certificate.js';
import { usualHashes } from '../certificate/signed-by.js';
import type { Role } from '../ocf/role.js';
import type { CertificateList } from '../revocation/certificate-list.js';
import { checkAccess, type Holder } from './access-checks.js';
import { checkCommon } from './common-checks.js';
import { findPaths, type TrustPath } from './find-path.js';
import { checkIssuer, checkNames } from './issuer-checks.js';
import { checkLeaf } from './leaf-checks.js';
import type { Purpose } from './purpose.js';
import type { Link } from './refusal.js';
import { checkRevocation, type RevocationRules } from './revocation-check.js';
import type { TrustAnchor } from './trust-anchor.js';

/** What a chain is judged by. */
export interface VerifyOptions {
  readonly core: CryptoCore;
  readonly anchors: readonly TrustAnchor[];
  /** The wall clock, milliseconds since 1970. */
  readonly now: number;
  readonly purpose: Purpose;
  /** Revocation lists; those of other issuers do no harm. */
  readonly crls?: readonly CertificateList[] | undefined;
  /** `required` refuses certificates of which no list decides; `where-known`, the default, lets them pass. */
  readonly revocation?: 'required' | 'where-known' | undefined;
  /** The device that must be there, as a UUID in lower case. */
  readonly device?: string | undefined;
  /** For roles: whose session it is. */
  readonly holder?: Holder | undefined;
  /** Hashes that signatures may use; SHA-256 alone by default, as OCF has it. */
  readonly hashes?: readonly HashAlgorithm[] | undefined;
}

/** A chain that serves the purpose, and what it says. */
export interface AcceptedChain {
  readonly accepted: true;
  /** From the peer's own certificate up to the anchor's. */
  readonly path: readonly Certificate[];
  readonly anchor: TrustAnchor;
  /** The device that the certificate names, as a UUID in lower case; `undefined` where it names none. */
  readonly identity: string | undefined;
  /** What a role certificate grants; empty for other purposes. The reference goes by the first alone. */
  readonly roles: readonly Role[];
  /** Where the description of the device's traffic is (RFC 8520 §11), where the certificate says. */
  readonly mudUrl: string | undefined;
}

/** A chain that does not; the error's code gives the TLS alert, its message names certificate, position and check. */
export interface RefusedChain {
  readonly accepted: false;
  readonly error: SelvageError;
}

/** What comes of judging a chain; it serves as the verdict that `@selvage/dtls` asks for. */
export type ChainJudgement = AcceptedChain | RefusedChain;

/**
 * Judges a peer's certificate chain (RFC 5280 §6, with the rules of the purpose on top): whether it leads to an anchor by
 * names and signatures, and every certificate is what it must be at its place. The anchors are judged like the others.
 * Policies are not processed, so a critical policy extension is refused as one that is not understood.
 *
 * Codes of a refusal: `bad-certificate` (malformed, badly signed, or issued by one who may not), `unknown-ca`,
 * `certificate-expired` (or not valid yet), `unsupported-certificate` (another version, algorithm or purpose, or a
 * critical extension), `certificate-revoked`, `certificate-unknown` (revocation undecided and required),
 * `access-denied` (good, but of somebody else). `details` has `check`, `position`, `subject`, `serial` and the values.
 *
 * @param chain DER, the peer's own first, as TLS sends it; with the root or without it.
 */
export function verifyChain(chain: readonly Uint8Array[], options: VerifyOptions): ChainJudgement {
  let first: SelvageError | undefined;
  try {
    for (const path of findPaths(options.core, chain, options.anchors)) {
      const judgement = judgePath(path, options);
      if (judgement.accepted) return judgement;
      first ??= judgement.error;
    }
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
    // Where a way to an anchor was refused, that is what there is to say, not that no other way goes on.
    first ??= error;
  }
  return { accepted: false, error: first as SelvageError };
}

function judgePath(path: TrustPath, options: VerifyOptions): ChainJudgement {
  try {
    return checkPath(path, options);
  } catch (error) {
    if (error instanceof SelvageError) return { accepted: false, error };
    throw error;
  }
}

function checkPath({ links, anchor }: TrustPath, options: VerifyOptions): AcceptedChain {
  const { core, now, purpose, crls = [], revocation = 'where-known', hashes = usualHashes } = options;
  const rules: RevocationRules = { core, now, hashes, lists: crls, isRequired: revocation === 'required' };
  // From the anchor down: what an authority may not, nobody below it can mend.
  for (const link of links.toReversed()) checkLink(link, links, purpose, rules);
  const [leaf] = links as [Link, ...Link[]];
  const facts = checkLeaf(leaf, purpose);
  checkAccess(leaf, facts, { anchor, device: options.device, holder: options.holder });
  return {
    accepted: true,
    path: links.map(({ certificate }) => certificate),
    anchor,
    identity: facts.device,
    roles: facts.roles,
    mudUrl: leaf.certificate.extensions.mudUrl,
  };
}

function checkLink(link: Link, links: readonly Link[], purpose: Purpose, rules: RevocationRules): void {
  checkCommon(link, rules);
  if (link.position > 0) checkIssuer(link, links.slice(0, link.position), purpose);
  checkNames(link, links.slice(link.position + 1));
  const issuer = links[link.position + 1];
  if (issuer !== undefined) checkRevocation(link, issuer, rules);
}
