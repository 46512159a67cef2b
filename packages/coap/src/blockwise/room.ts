import { type BlockSize, blockSizeWithin } from '../option/block.js';
import { headerLength, largestToken } from '../message/message.js';
import type { CoapOption } from '../message/option-codec.js';

/** The largest body that goes without Block options even where the datagram would take more (RFC 7252 §4.6). */
export const largestWhole = 1024;
/** What Block, Size, ETag and Request-Tag options add at most, with the payload marker. */
const blockOptions = 32;

/** The bytes of a message with these options and no payload, at most. */
export function headLength(options: readonly CoapOption[]): number {
  let length = headerLength + largestToken + 1;
  let previous = 0;
  for (let i = 0; i < options.length; i++) {
    const { number, value } = options[i] as CoapOption;
    length += 1 + extension(number - previous) + extension(value.length) + value.length;
    previous = number;
  }
  return length;
}

/** Whether a body goes into one message, whose {@link headLength} is given. */
export function fitsWhole(head: number, bodyLength: number, maximumPayload: number): boolean {
  return bodyLength <= largestWhole && head + bodyLength <= maximumPayload;
}

/** The largest block that goes into a datagram beside a message's {@link headLength}. */
export function blockSizeFor(head: number, maximumPayload: number): BlockSize {
  return blockSizeWithin(maximumPayload - head - blockOptions);
}

function extension(value: number): number {
  return value < 13 ? 0 : value < 269 ? 1 : 2;
}
