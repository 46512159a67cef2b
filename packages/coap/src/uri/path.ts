import { SelvageError } from '@selvage/core';

/** What a path segment may hold unescaped in a URI: the pchar of RFC 3986 §3.3. */
const plain = /^[A-Za-z0-9\-._~!$&'()*+,;=:@]*$/;

/** A path from its segments, `/a/b`, percent-encoded as in a URI (RFC 7252 §6.5); `/` for none. */
export function joinPath(segments: readonly string[]): string {
  if (segments.length === 0) return '/';
  let path = '';
  for (let i = 0; i < segments.length; i++) path += `/${escapeSegment(segments[i] as string)}`;
  return path;
}

/**
 * The segments of a path such as `/a/b`, percent-decoded (RFC 7252 §6.4); none for `/` and the empty text.
 * @throws SelvageError `invalid-argument` for a percent sign without two digits, or that escapes no UTF-8.
 */
export function splitPath(path: string): string[] {
  const inner = path.startsWith('/') ? path.slice(1) : path;
  return inner === '' ? [] : inner.split('/').map(unescape);
}

/** @throws SelvageError `invalid-argument` as {@link splitPath}. */
export function unescape(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new SelvageError('invalid-argument', `${text} is not percent-encoded UTF-8`, { cause });
  }
}

function escapeSegment(segment: string): string {
  return plain.test(segment) ? segment : encodeURIComponent(segment);
}
