import { type ByteReader, type ByteWriter, FormatError } from '@selvage/core';

/** An option as it stands in a message. What the number and the bytes mean is in the option registry. */
export interface CoapOption {
  readonly number: number;
  readonly value: Uint8Array;
}

/** What separates options from a payload, RFC 7252 §3. */
export const payloadMarker = 0xff;

/** Nibbles of RFC 7252 §3.1 that say that the delta or length goes on in one or in two bytes; 15 is reserved. */
const oneByteMore = 13;
const twoBytesMore = 14;
const leastOfTwoBytes = 269;
const largestNumber = 0xffff;
const largestLength = 0xffff + leastOfTwoBytes;

/**
 * Reads the option that begins with `header`, which is read already.
 * @param previous number of the option before, 0 for the first
 */
export function readOption(reader: ByteReader, header: number, previous: number): CoapOption {
  const number = previous + readExtended(reader, header >> 4, 'delta');
  if (number > largestNumber) throw new FormatError('invalid-value', `the option number ${number} exceeds 65535`);
  const length = readExtended(reader, header & 0x0f, 'length');
  const value = reader.bytes(length);
  const { trace } = reader;
  if (trace !== undefined) {
    trace.enter('value');
    trace.bytes(reader.offset - length, length);
    trace.leave();
  }
  return { number, value };
}

/**
 * Whether an option can be written at all.
 * @throws SelvageError `invalid-value` or `length-out-of-range`, fault `caller`.
 */
export function checkOption({ number, value }: CoapOption): void {
  if (!(Number.isInteger(number) && number >= 0 && number <= largestNumber)) {
    throw new FormatError('invalid-value', `${number} is no option number`, { fault: 'caller' });
  }
  if (value.length > largestLength) {
    throw new FormatError('length-out-of-range', `${value.length} bytes do not fit one option`, { fault: 'caller' });
  }
}

/** Writes an option after the option numbered `previous`. */
export function writeOption(writer: ByteWriter, one: CoapOption, previous: number): void {
  checkOption(one);
  const { number, value } = one;
  const delta = number - previous;
  if (delta < 0) {
    throw new FormatError('invalid-value', `the option ${number} cannot follow ${previous}`, { fault: 'caller' });
  }
  writer.u8((nibbleOf(delta) << 4) | nibbleOf(value.length));
  writeExtended(writer, delta);
  writeExtended(writer, value.length);
  writer.bytes(value);
}

function readExtended(reader: ByteReader, nibble: number, what: 'delta' | 'length'): number {
  if (nibble < oneByteMore) return nibble;
  if (nibble > twoBytesMore) throw new FormatError('invalid-value', `the option ${what} 15 is reserved`);
  const size = nibble === oneByteMore ? 1 : 2;
  const rest = size === 1 ? reader.u8() + oneByteMore : reader.u16() + leastOfTwoBytes;
  reader.trace?.enter(`extended-${what}`);
  reader.trace?.number(reader.offset - size, size);
  reader.trace?.leave();
  return rest;
}

function nibbleOf(value: number): number {
  return value < oneByteMore ? value : value < leastOfTwoBytes ? oneByteMore : twoBytesMore;
}

function writeExtended(writer: ByteWriter, value: number): void {
  if (value < oneByteMore) return;
  if (value < leastOfTwoBytes) writer.u8(value - oneByteMore);
  else writer.u16(value - leastOfTwoBytes);
}
