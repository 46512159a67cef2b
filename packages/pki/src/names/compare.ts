import { bytesEqual, toHex } from '@selvage/core';
import type { Name, NameAttribute } from './name.js';

/**
 * Whether two names are the same (RFC 5280 §7.1): bytes, or texts without regard to case, to how much space is between
 * words, and to the string type they are written in. Authorities re-encode the names of those above them.
 */
export function namesEqual(a: Name, b: Name): boolean {
  return bytesEqual(a.der, b.der) || (a.parts.length === b.parts.length && startsWith(a, b));
}

/** Whether a name lies in the subtree of `base`: its first parts are those of `base` (RFC 5280 §4.2.1.10). */
export function isNameWithin(name: Name, base: Name): boolean {
  return name.parts.length >= base.parts.length && startsWith(name, base);
}

function startsWith({ parts }: Name, base: Name): boolean {
  return base.parts.every((part, at) => partText(part) === partText(parts[at] ?? []));
}

/** One text for all parts that are the same; attributes of a part have no order. */
function partText(part: readonly NameAttribute[]): string {
  return JSON.stringify(part.map(attributeText).sort());
}

function attributeText({ type, text, value }: NameAttribute): string {
  return text === undefined ? `${type}#${toHex(value)}` : `${type}=${foldText(text)}`;
}

/** What RFC 4518 does to a string before it is compared, as far as names of certificates need it. */
function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim().replace(/\s+/gu, ' ');
}
