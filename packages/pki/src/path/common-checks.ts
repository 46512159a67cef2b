import type { CryptoCore, HashAlgorithm } from '@selvage/crypto';
import { algorithmName } from '../certificate/algorithm.js';
import { identifierName } from '../certificate/extension-ids.js';
import { unknownCritical } from '../certificate/extensions.js';
import { isAllowed } from '../certificate/signed-by.js';
import { type Link, refusal, timeText } from './refusal.js';

/** What {@link checkCommon} goes by. */
export interface CommonRules {
  readonly core: CryptoCore;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly hashes: readonly HashAlgorithm[];
}

/** What every certificate of a path must be, the anchor too. @throws SelvageError as {@link verifyChain} tells. */
export function checkCommon(link: Link, { core, now, hashes }: CommonRules): void {
  checkVersion(link);
  checkAlgorithm(link, hashes);
  checkKey(link, core);
  checkCritical(link);
  checkValidity(link, now);
}

function checkVersion(link: Link): void {
  const { version } = link.certificate;
  if (version === 3) return;
  throw refusal(link, {
    code: 'unsupported-certificate',
    check: 'version',
    problem: `it is of version ${version}, and only version 3 says what it is for`,
    details: { version },
  });
}

function checkAlgorithm(link: Link, hashes: readonly HashAlgorithm[]): void {
  const { signatureAlgorithm } = link.certificate;
  if (isAllowed(signatureAlgorithm, hashes)) return;
  const algorithm = algorithmName(signatureAlgorithm);
  const allowed = hashes.map((hash) => `ecdsa-with-${hash.toUpperCase()}`).join(', ');
  throw refusal(link, {
    code: 'unsupported-certificate',
    check: 'algorithm',
    problem: `it is signed with ${algorithm}; allowed is ${allowed}`,
    details: { algorithm },
  });
}

function checkKey(link: Link, core: CryptoCore): void {
  const { publicKey } = link.certificate;
  const isP256 = publicKey?.kind === 'p256';
  if (isP256 && core.p256.isPoint(publicKey.publicKey)) return;
  throw refusal(link, {
    code: isP256 ? 'bad-certificate' : 'unsupported-certificate',
    check: 'key',
    problem: isP256 ? 'its key is no point of the curve P-256' : 'its key is not of P-256, uncompressed',
    remedy: 'make the key with openssl ecparam -name prime256v1 -genkey',
  });
}

function checkCritical(link: Link): void {
  const id = unknownCritical(link.certificate.extensions.all)[0];
  if (id === undefined) return;
  throw refusal(link, {
    code: 'unsupported-certificate',
    check: 'critical extension',
    problem: `it has ${identifierName(id)}, critical, which is not understood here`,
    details: { extension: id },
  });
}

/** Both ends belong to the time in which it holds, to the full second (RFC 5280 §4.1.2.5). */
function checkValidity(link: Link, now: number): void {
  const { notBefore, notAfter } = link.certificate.validity;
  if (now >= notBefore && now < notAfter + 1000) return;
  const period = `from ${timeText(notBefore)} to ${timeText(notAfter)}`;
  throw refusal(link, {
    code: 'certificate-expired',
    check: 'validity',
    problem: `it holds ${period}, and it is ${timeText(now)}`,
    details: { now: timeText(now), notBefore: timeText(notBefore), notAfter: timeText(notAfter) },
    remedy: now < notBefore ? 'set the clock right, or wait' : 'renew it, or set the clock right',
  });
}
