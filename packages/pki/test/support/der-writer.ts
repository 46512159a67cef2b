/** Writes DER, and what is not quite DER, byte by byte: for certificates that no authority would make. */
import { concat } from '@selvage/core';

/** An element: tag, length in the shortest form, content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concat(...content);
  return concat(Uint8Array.of(tag), lengthOf(body.length), body);
}

export const sequence = (...content: readonly Uint8Array[]): Uint8Array => element(0x30, ...content);
export const set = (...content: readonly Uint8Array[]): Uint8Array => element(0x31, ...content);
export const octetString = (...content: readonly Uint8Array[]): Uint8Array => element(0x04, ...content);
export const boolean = (value: boolean): Uint8Array => element(0x01, Uint8Array.of(value ? 0xff : 0x00));
export const integer = (...content: readonly number[]): Uint8Array => element(0x02, Uint8Array.from(content));
export const nothing = new Uint8Array(0);

/** BIT STRING of whole bytes, or with some bits unused. */
export function bitString(content: Uint8Array, unused = 0): Uint8Array {
  return element(0x03, Uint8Array.of(unused), content);
}

/** `[number]`, constructed. */
export function context(number: number, ...content: readonly Uint8Array[]): Uint8Array {
  return element(0xa0 | number, ...content);
}

/** `[number]`, primitive. */
export function primitive(number: number, content: Uint8Array): Uint8Array {
  return element(0x80 | number, content);
}

export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, ...[40 * first + second, ...rest].map(arc));
}

export function text(tag: number, value: string): Uint8Array {
  return element(tag, new TextEncoder().encode(value));
}

/** UTCTime. */
export function utcTime(milliseconds: number): Uint8Array {
  return text(0x17, digits(milliseconds).slice(2));
}

/** GeneralizedTime. */
export function generalizedTime(milliseconds: number): Uint8Array {
  return text(0x18, digits(milliseconds));
}

/** The same element with its length in two bytes more than it needs, which only BER allows. */
export function withLongLength(der: Uint8Array): Uint8Array {
  const header = (der[1] as number) < 0x80 ? 2 : 2 + ((der[1] as number) & 0x7f);
  const body = der.subarray(header);
  return concat(Uint8Array.of(der[0] as number, 0x83, 0, body.length >> 8, body.length & 0xff), body);
}

function digits(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, '');
}

function arc(value: number): Uint8Array {
  const bytes = [value & 0x7f];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest & 0x7f));
  return Uint8Array.from(bytes);
}

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  if (length < 0x100) return Uint8Array.of(0x81, length);
  return Uint8Array.of(0x82, length >> 8, length & 0xff);
}
