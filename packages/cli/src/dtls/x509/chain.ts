import { bytesEqual, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { ChainVerdict } from '@selvage/dtls';
import { type Certificate, readCertificate } from './certificate.js';

/** Longer chains are nonsense, and each certificate costs a signature to check. */
const longestChain = 8;

/**
 * Judges a chain by its signatures and times: each certificate is in its time, issued and signed by the next one, which
 * says of itself that it is an authority, and the last one by an anchor (or is one itself). It does **not** check names,
 * key usages, purposes or revocation: that the chain leads to the anchor says who vouches, not who it is.
 *
 * @param chain of the peer, DER, leaf first.
 * @param anchors the authorities that a person chose to trust.
 * @param wallTime milliseconds since 1970.
 */
export function verifySimpleChain(
  core: CryptoCore,
  chain: readonly Uint8Array[],
  anchors: readonly Certificate[],
  wallTime: number,
): ChainVerdict {
  try {
    verify(core, chain, anchors, wallTime);
    return { accepted: true };
  } catch (error) {
    if (error instanceof SelvageError) return { accepted: false, error };
    throw error;
  }
}

function verify(core: CryptoCore, chain: readonly Uint8Array[], anchors: readonly Certificate[], now: number): void {
  if (chain.length === 0 || chain.length > longestChain) {
    const problem = `the chain has ${chain.length} certificates; 1 to ${longestChain} are taken`;
    throw new SelvageError('bad-certificate', problem);
  }
  const path = chain.map(readCertificate);
  for (let at = 0; at < path.length; at++) {
    const certificate = path[at] as Certificate;
    checkItself(certificate, at, now);
    const anchor = anchors.find((one) => bytesEqual(one.der, certificate.der) || isIssuedBy(core, certificate, one));
    if (anchor !== undefined) return checkAnchor(anchor, certificate, at, now);
    // There is no way out of this loop but an anchor or an error: the last certificate has no issuer in the chain.
    checkIssuer(core, certificate, path[at + 1], at);
  }
}

function checkItself(certificate: Certificate, at: number, now: number): void {
  const which = at === 0 ? "the peer's certificate" : `certificate ${at + 1} of the chain`;
  const { notBefore, notAfter, strangeCritical } = certificate;
  if (now < notBefore || now >= notAfter + 1000) {
    const when = now < notBefore ? `is not valid before ${iso(notBefore)}` : `was valid until ${iso(notAfter)}`;
    throw new SelvageError('certificate-expired', `${which} ${when}`, {
      details: { now: iso(now) },
      remedy: 'renew it, or set the clock of this machine right',
    });
  }
  if (strangeCritical !== undefined) {
    throw new SelvageError('unsupported-certificate', `${which} has a critical extension that is not judged here`, {
      details: { oid: strangeCritical },
      remedy: 'trust exactly this certificate with --peer-certificate, if you know it',
    });
  }
}

function checkAnchor(anchor: Certificate, certificate: Certificate, at: number, now: number): void {
  checkItself(anchor, at + 1, now);
  if (!bytesEqual(anchor.der, certificate.der)) checkPathLength(anchor, at);
}

function checkPathLength({ pathLength }: Certificate, at: number): void {
  if (pathLength === undefined || pathLength >= at) return;
  throw new SelvageError('bad-certificate', `certificate ${at + 2} of the chain may not have ${at} issuers below it`);
}

function checkIssuer(core: CryptoCore, subject: Certificate, issuer: Certificate | undefined, at: number): void {
  if (issuer === undefined || !bytesEqual(subject.issuer, issuer.subject)) {
    throw new SelvageError('unknown-ca', 'the chain does not lead to an authority that is trusted here', {
      details: { certificates: at + 1 },
      remedy: 'give the certificate of the authority that issued it with --ca',
    });
  }
  if (!issuer.isAuthority) {
    throw new SelvageError('bad-certificate', `certificate ${at + 2} of the chain is no authority, but issued another`);
  }
  checkPathLength(issuer, at);
  if (isIssuedBy(core, subject, issuer)) return;
  throw new SelvageError('bad-certificate', `the signature of certificate ${at + 1} of the chain does not verify`);
}

function isIssuedBy(core: CryptoCore, subject: Certificate, issuer: Certificate): boolean {
  if (issuer.publicKey === undefined || !bytesEqual(subject.issuer, issuer.subject)) return false;
  return core.p256.verify(issuer.publicKey, subject.hash, subject.signed, subject.signature);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
