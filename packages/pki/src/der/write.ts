import { concat } from '@selvage/core';
import { contextTag, DerTag } from './element.js';

/** Makes DER (X.690 §10): every length in its shortest form, every value in the one form that the strict reader takes. */

/** An element: identifier octet, length, content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of content) length += part.length;
  return concat(Uint8Array.of(tag, ...lengthBytes(length)), ...content);
}

/** SEQUENCE { … } and SEQUENCE OF. */
export function sequenceElement(...content: readonly Uint8Array[]): Uint8Array {
  return element(DerTag.sequence, ...content);
}

/** SET { … }; whoever makes one of several elements sorts them (X.690 §11.6). */
export function setElement(...content: readonly Uint8Array[]): Uint8Array {
  return element(DerTag.set, ...content);
}

/** `[number]`, constructed: an explicit tag, or an implicit one on something constructed. */
export function taggedElement(number: number, ...content: readonly Uint8Array[]): Uint8Array {
  return element(contextTag(number, 'constructed'), ...content);
}

/** INTEGER of content bytes in their shortest form. */
export function integerElement(content: Uint8Array): Uint8Array {
  return element(DerTag.integer, content);
}

/** INTEGER of a number from 0 to 127. */
export function smallInteger(value: number): Uint8Array {
  return integerElement(Uint8Array.of(value));
}

export function booleanElement(value: boolean): Uint8Array {
  return element(DerTag.boolean, Uint8Array.of(value ? 0xff : 0x00));
}

export function octetStringElement(content: Uint8Array): Uint8Array {
  return element(DerTag.octetString, content);
}

/** BIT STRING of whole bytes. */
export function bitStringElement(content: Uint8Array): Uint8Array {
  return element(DerTag.bitString, Uint8Array.of(0), content);
}

/** BIT STRING of named bits, at least one, with no zero bits at its end (X.690 §11.2.2). */
export function namedBitsElement(bits: readonly number[]): Uint8Array {
  const last = Math.max(...bits);
  const bytes = new Uint8Array(Math.floor(last / 8) + 1);
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] as number) | (0x80 >> (bit & 7));
  return element(DerTag.bitString, Uint8Array.of(7 - (last & 7)), bytes);
}

const identifiers = new Map<string, Uint8Array>();

/** OBJECT IDENTIFIER from dotted decimal; those that stand in our own tables are few, and made once. */
export function objectIdentifierElement(dotted: string): Uint8Array {
  const known = identifiers.get(dotted);
  if (known !== undefined) return known;
  const [root = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const made = element(DerTag.objectIdentifier, Uint8Array.from([40 * root + second, ...rest].flatMap(arcBytes)));
  if (identifiers.size < mostIdentifiers) identifiers.set(dotted, made);
  return made;
}

/** Callers may name attribute types of their own. */
const mostIdentifiers = 256;

/** A character string whose type takes the text as UTF-8, or as the part of it that is ASCII. */
export function textElement(tag: number, text: string): Uint8Array {
  return element(tag, new TextEncoder().encode(text));
}

/** What GeneralizedTime is for: UTCTime ends with the year 2049 (RFC 5280 §4.1.2.5). */
const firstGeneralizedYear = 2050;

/** Time ::= CHOICE { utcTime, generalTime }, to the second; milliseconds since 1970. */
export function timeElement(milliseconds: number): Uint8Array {
  const moment = new Date(milliseconds);
  const digits = moment.toISOString().replace(/[-:T]|\.\d+/g, '');
  return moment.getUTCFullYear() < firstGeneralizedYear
    ? textElement(DerTag.utcTime, digits.slice(2))
    : textElement(DerTag.generalizedTime, digits);
}

/** A length in its shortest form (X.690 §10.1). */
function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

/** One arc, seven bits a byte, the last one without the high bit (X.690 §8.19.2). */
function arcBytes(arc: number): number[] {
  const bytes = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest % 128));
  return bytes;
}
