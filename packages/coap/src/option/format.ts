import { FormatError, strictUtf8 } from '@selvage/core';
import { noBytes } from '../message/message.js';

/** The format of an option's value, RFC 7252 §3.2: its bytes, its type and its allowed lengths. */
export interface OptionFormat<T> {
  readonly name: 'empty' | 'opaque' | 'uint' | 'string' | 'block';
  /** Least and greatest length in bytes; a value outside is treated as an option that is not recognized (§5.4.3). */
  readonly min: number;
  readonly max: number;
  /** @throws SelvageError `invalid-value`, fault `peer`. */
  read(value: Uint8Array): T;
  /** @throws SelvageError `value-out-of-range` or `length-out-of-range`, fault `caller`. */
  write(value: T): Uint8Array;
}

/** No value: the option's presence says it all. */
export const empty: OptionFormat<true> = {
  name: 'empty',
  min: 0,
  max: 0,
  read: () => true,
  write: () => noBytes,
};

/** Bytes that mean something to their maker only. */
export function opaque(min: number, max: number): OptionFormat<Uint8Array> {
  return {
    name: 'opaque',
    min,
    max,
    read: (value) => value,
    write: (value) => checkedLength(value, min, max),
  };
}

/** An unsigned number in as few bytes as hold it; leading zeros are read, and never written. */
export function uint(max: 1 | 2 | 3 | 4, min = 0): OptionFormat<number> {
  return {
    name: 'uint',
    min,
    max,
    read: readUint,
    write: (value) => checkedLength(writeUint(value), min, max),
  };
}

/** Text in UTF-8, in Net-Unicode form (RFC 5198): compared byte by byte. */
export function string(min: number, max: number): OptionFormat<string> {
  return {
    name: 'string',
    min,
    max,
    read: readText,
    write: (value) => checkedLength(encoder.encode(value), min, max),
  };
}

/** Reads a big-endian unsigned number of 0 to 4 bytes. */
export function readUint(bytes: Uint8Array): number {
  let value = 0;
  for (let i = 0; i < bytes.length; i++) value = value * 256 + (bytes[i] as number);
  return value;
}

/** An unsigned number below 2^32 in as few bytes as hold it; none for 0. */
export function writeUint(value: number): Uint8Array {
  if (!(Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff)) {
    throw new FormatError('value-out-of-range', `${value} is no unsigned number of 32 bits`);
  }
  if (value === 0) return noBytes;
  if (value < 0x100) return Uint8Array.of(value);
  if (value < 0x1_0000) return Uint8Array.of(value >> 8, value);
  if (value < 0x100_0000) return Uint8Array.of(value >> 16, value >> 8, value);
  return Uint8Array.of(value >>> 24, value >> 16, value >> 8, value);
}

const encoder = new TextEncoder();

/** Most paths are short and ASCII: those are read without crossing into the decoder. */
function readText(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80 || i === 64) return strictUtf8(bytes);
    text += String.fromCharCode(byte);
  }
  return text;
}

function checkedLength(value: Uint8Array, min: number, max: number): Uint8Array {
  if (value.length >= min && value.length <= max) return value;
  throw new FormatError('length-out-of-range', `${value.length} bytes where ${min} to ${max} are allowed`, {
    fault: 'caller',
  });
}
