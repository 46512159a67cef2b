import { FormatError, strictUtf8 } from '@selvage/core';
import { type DerElement, DerTag } from './element.js';
import { contentOf, type DerType } from './fields.js';

/** Reads the bytes of each character string type that names are made of (X.680 §41, RFC 5280 §4.1.2.4). */
const decoders: Readonly<Record<number, (content: Uint8Array) => string>> = {
  [DerTag.utf8String]: strictUtf8,
  [DerTag.numericString]: ascii,
  [DerTag.printableString]: ascii,
  // Meant to be T.61; what is out there is Latin-1, and OpenSSL reads it so too.
  [DerTag.teletexString]: latin1,
  [DerTag.ia5String]: ascii,
  [DerTag.visibleString]: ascii,
  [DerTag.universalString]: (content) => codeUnits(content, 4),
  [DerTag.bmpString]: (content) => codeUnits(content, 2),
};

/** The text of a character string; `undefined` for an element of another type. @throws SelvageError `invalid-value`. */
export function textOf({ tag, content }: DerElement): string | undefined {
  return decoders[tag]?.(content);
}

/** IA5String, as in the MUD URL (RFC 8520 §11). */
export const ia5String: DerType<string> = (element) => ascii(contentOf(element, DerTag.ia5String));

/** IA5String under an implicit context tag, as in a GeneralName. */
export function ia5StringAs(tag: number): DerType<string> {
  return (element) => ascii(contentOf(element, tag));
}

/** A character a byte. One by one: a peer decides how many there are, and arguments are not for that. */
export function latin1(content: Uint8Array): string {
  let text = '';
  for (const byte of content) text += String.fromCharCode(byte);
  return text;
}

function ascii(content: Uint8Array): string {
  if (content.every((byte) => byte < 0x80)) return latin1(content);
  throw new FormatError('invalid-value', 'a character that is not in ASCII');
}

/** Big-endian code points of 2 or 4 bytes each. */
function codeUnits(content: Uint8Array, size: 2 | 4): string {
  if (content.length % size !== 0) throw new FormatError('invalid-value', `${size} bytes are a character here`);
  let text = '';
  for (let at = 0; at < content.length; at += size) {
    const point = content.subarray(at, at + size).reduce((value, byte) => 256 * value + byte, 0);
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
      throw new FormatError('invalid-value', `${point} is no character`);
    }
    text += String.fromCodePoint(point);
  }
  return text;
}
