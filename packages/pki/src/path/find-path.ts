import { bytesEqual, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { algorithmName, ecdsaHashOf } from '../certificate/algorithm.js';
import { type Certificate, readCertificate } from '../certificate/certificate.js';
import { isSignedBy } from '../certificate/signed-by.js';
import { namesEqual } from '../names/compare.js';
import { nameText } from '../names/name-text.js';
import { type Link, refusal } from './refusal.js';
import type { TrustAnchor } from './trust-anchor.js';

/** More certificates than this are nonsense, and each costs a signature to check. */
export const longestChain = 8;

/** A way from the peer's certificate, which stands first, to an anchor. */
export interface TrustPath {
  /** From position 0 up to the anchor, which stands last. */
  readonly links: readonly Link[];
  readonly anchor: TrustAnchor;
}

/**
 * The ways from the chain's first certificate to the anchors, the shortest first: each certificate names the next one as
 * its issuer and is signed by its key (RFC 5280 §6.1.3 (a)(1) and (a)(4)), and the peer sends them in that order (RFC
 * 5246 §7.4.2). What comes after the one that an anchor issued is read only when that way is refused.
 * @throws SelvageError `unknown-ca`, `bad-certificate`, `unsupported-certificate` where no way goes on.
 */
export function* findPaths(
  core: CryptoCore,
  chain: readonly Uint8Array[],
  anchors: readonly TrustAnchor[],
): Generator<TrustPath> {
  if (chain.length === 0 || chain.length > longestChain) {
    throw new SelvageError('bad-certificate', `a chain of ${chain.length} certificates; 1 to ${longestChain} can be`);
  }
  const links: Link[] = [readLink(chain, 0)];
  for (;;) {
    const last = links.at(-1) as Link;
    const namesakes = anchors.filter(({ certificate }) => isNamedBy(last.certificate, certificate));
    const issuers = namesakes.filter(({ certificate }) => isSignedBy(core, last.certificate, certificate));
    for (const anchor of issuers) yield { links: [...links, anchorLink(anchor, last)], anchor };
    links.push(nextLink(core, chain, last, namesakes));
  }
}

/** The certificate that follows, which must be the issuer of the last one. */
function nextLink(core: CryptoCore, chain: readonly Uint8Array[], last: Link, namesakes: readonly TrustAnchor[]): Link {
  const at = last.position + 1;
  const next = at < chain.length ? readLink(chain, at) : undefined;
  if (next === undefined || !isNamedBy(last.certificate, next.certificate)) {
    throw namesakes.length > 0 ? badAnchorSignature(last, namesakes) : missingIssuer(last, next);
  }
  if (isSignedBy(core, last.certificate, next.certificate)) return next;
  throw badSignature(last, next.certificate, `certificate ${at}`);
}

function isNamedBy({ issuer }: Certificate, { subject }: Certificate): boolean {
  return namesEqual(issuer, subject);
}

function anchorLink({ certificate }: TrustAnchor, last: Link): Link {
  return { certificate, position: last.position + 1, isAnchor: true };
}

function readLink(chain: readonly Uint8Array[], position: number): Link {
  try {
    return { certificate: readCertificate(chain[position] as Uint8Array), position, isAnchor: false };
  } catch (cause) {
    if (!(cause instanceof SelvageError)) throw cause;
    const message = `certificate ${position} of the chain fails the structure check: ${cause.message}`;
    throw new SelvageError(cause.code, message, { cause, details: { check: 'structure', position } });
  }
}

function missingIssuer(link: Link, next: Link | undefined): SelvageError {
  const issuer = nameText(link.certificate.issuer);
  const found = next === undefined ? 'nothing follows in the chain' : `${nameText(next.certificate.subject)} follows`;
  return refusal(link, {
    code: 'unknown-ca',
    check: 'issuer',
    problem: `it was issued by ${issuer}, which is no trust anchor here, and ${found}`,
    details: { issuer },
    remedy: `trust the certificate of ${issuer}, or have the peer send the certificates between`,
  });
}

/** An anchor of the right name with another key: another authority of that name, or altered bytes. */
function badAnchorSignature(link: Link, namesakes: readonly TrustAnchor[]): SelvageError {
  const wanted = link.certificate.extensions.authorityKeyIdentifier;
  const isOther = ({ certificate }: TrustAnchor): boolean => {
    const has = certificate.extensions.subjectKeyIdentifier;
    return wanted !== undefined && has !== undefined && !bytesEqual(wanted, has);
  };
  if (!namesakes.every(isOther)) {
    return badSignature(link, (namesakes[0] as TrustAnchor).certificate, 'the trust anchor of that name');
  }
  const issuer = nameText(link.certificate.issuer);
  return refusal(link, {
    code: 'unknown-ca',
    check: 'issuer',
    problem: `it was issued by ${issuer}, but not with the key of the trust anchor of that name`,
    details: { issuer },
    remedy: 'trust the authority that issued it, if it is yours: several can have one name',
  });
}

function badSignature(link: Link, issuer: Certificate, which: string): SelvageError {
  const { signatureAlgorithm } = link.certificate;
  const algorithm = algorithmName(signatureAlgorithm);
  const isCheckable = ecdsaHashOf(signatureAlgorithm) !== undefined && issuer.publicKey?.kind === 'p256';
  return refusal(link, {
    code: isCheckable ? 'bad-certificate' : 'unsupported-certificate',
    check: isCheckable ? 'signature' : 'algorithm',
    problem: isCheckable
      ? `its signature does not verify with the key of ${which}: it was altered, or another authority of that name made it`
      : `${algorithm} with the key of ${which} is not checked here; ECDSA on P-256 is`,
    details: { algorithm },
  });
}
