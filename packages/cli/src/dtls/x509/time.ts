import { SelvageError } from '@selvage/core';
import { type DerElement, DerTag } from './der.js';

/**
 * A time of a certificate, RFC 5280 §4.1.2.5: UTCTime `YYMMDDHHMMSSZ` for the years 1950 to 2049, else GeneralizedTime
 * with four digits. Returns milliseconds since 1970.
 * @throws SelvageError `invalid-value`.
 */
export function readTime(element: DerElement | undefined): number {
  const text = String.fromCharCode(...(element?.content ?? []));
  const isUtc = element?.tag === DerTag.utcTime;
  const digits = isUtc ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text;
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits);
  if (match !== null && (isUtc || element?.tag === DerTag.generalizedTime)) {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second);
  }
  throw new SelvageError('invalid-value', 'a certificate has a time in no known form');
}
