import { SelvageError } from '@selvage/core';

/** What LLDP and DHCP can carry as well (RFC 8520 §10, §12). */
const longestUrl = 255;

/**
 * Checks a MUD URL that is to stand in a certificate (RFC 8520 §11): https, ASCII, no more than 255 characters, without
 * a user and a fragment. It is taken as it is: whoever compares it compares characters.
 * @throws SelvageError `invalid-argument`.
 */
export function requireMudUrl(url: string): string {
  const problem = problemOf(url);
  if (problem === undefined) return url;
  throw new SelvageError('invalid-argument', `${JSON.stringify(url)} is no MUD URL: ${problem}`, {
    remedy: 'give an https URL such as https://maker.example/mud/lamp.json',
  });
}

function problemOf(url: string): string | undefined {
  if (url.length > longestUrl) return `it has ${url.length} characters, and ${longestUrl} are the most`;
  if (!/^[\x21-\x7e]*$/.test(url)) return 'it has signs that are not printable ASCII';
  if (!/^https:\/\//i.test(url) || !URL.canParse(url)) return 'it is not an https URL';
  if (url.includes('#')) return 'it has a fragment';
  return new URL(url).username === '' ? undefined : 'it names a user';
}
