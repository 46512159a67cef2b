import { SelvageError } from '@selvage/core';
import type { Validity } from '../certificate/certificate.js';

const second = 1000;
const day = 86_400 * second;

/** What stands for no end at all: the last second of the year 9999 (RFC 5280 §4.1.2.5). For devices with no clock. */
export const noExpiry = Date.UTC(9999, 11, 31, 23, 59, 59);

/** From now on for some days; times in certificates are of full seconds. */
export function validFor(now: number, days: number): Validity {
  const notBefore = Math.floor(now / second) * second;
  return { notBefore, notAfter: notBefore + Math.round(days * day) - second };
}

/**
 * A certificate must not outlive the one that vouches for it: after that nobody could judge it.
 * @throws SelvageError `invalid-argument`.
 */
export function requireValidity({ notBefore, notAfter }: Validity, issuer?: Validity): void {
  const isPlain = [notBefore, notAfter].every((moment) => Number.isFinite(moment) && moment % second === 0);
  if (!isPlain || notAfter < notBefore || notAfter > noExpiry) {
    throw new SelvageError('invalid-argument', 'the validity needs full seconds, its end not before its start', {
      details: { notBefore, notAfter },
    });
  }
  if (issuer === undefined || (notBefore >= issuer.notBefore && notAfter <= issuer.notAfter)) return;
  const [own, above] = [{ notBefore, notAfter }, issuer].map(
    (period) => `${new Date(period.notBefore).toISOString()} to ${new Date(period.notAfter).toISOString()}`,
  );
  throw new SelvageError('invalid-argument', `the validity ${own} is not within that of the authority, ${above}`, {
    remedy: 'choose a shorter life, or renew the authority first',
  });
}
