import { FormatError } from '@selvage/core';
import { type DerElement, DerTag } from './element.js';
import type { DerType } from './fields.js';
import { latin1 } from './strings.js';

const form = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;

/**
 * Time ::= CHOICE { utcTime, generalTime }, in the one form that certificates use: to the second, in UTC (RFC 5280
 * §4.1.2.5). Milliseconds since 1970-01-01T00:00:00Z.
 */
export const time: DerType<number> = (element) => {
  const match = form.exec(digitsOf(element));
  if (match === null) throw new FormatError('invalid-value', 'a time that is not YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ');
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [number, number, number, ...number[]];
  const moment = new Date(0).setUTCFullYear(year, month - 1, day) + clockTime(hour, minute, second);
  const shown = new Date(moment).toISOString().replace(/[-:T]|\.000/g, '');
  // A thirteenth month or a 30th of February rolls over into another date than the one written.
  if (shown === match[0]) return moment;
  throw new FormatError('invalid-value', `${match[0]} is no date`);
};

/** Where a Time stands, and no other element. */
export const timeTags: readonly number[] = [DerTag.utcTime, DerTag.generalizedTime];

function clockTime(hour = 0, minute = 0, second = 0): number {
  return ((hour * 60 + minute) * 60 + second) * 1000;
}

/** The years of UTCTime are those from 1950 to 2049. */
function digitsOf({ tag, content }: DerElement): string {
  const text = latin1(content);
  if (tag === DerTag.generalizedTime) return text;
  if (tag === DerTag.utcTime) return `${text < '50' ? '20' : '19'}${text}`;
  throw new FormatError('invalid-value', 'neither UTCTime nor GeneralizedTime');
}
