import { concat } from '../bytes/concat.js';
import type { FieldSpan } from '../codec/field-trace.js';
import type { SeededRandom } from '../virtual/seeded-random.js';

const interesting = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff];

/** A damaged copy of a message: bits flipped, a byte set, bytes removed, put in, doubled or cut off at the end. */
export function mutate(message: Uint8Array, random: SeededRandom): Uint8Array {
  const at = random.below(message.length + 1);
  const length = 1 + random.below(4);
  const before = message.subarray(0, at);
  switch (random.below(6)) {
    case 0:
      return withByte(message, at, (byte) => byte ^ (1 << random.below(8)));
    case 1:
      return withByte(message, at, () => interesting[random.below(interesting.length)] as number);
    case 2:
      return concat(before, message.subarray(at + length));
    case 3:
      return concat(before, random.bytes(length), message.subarray(at));
    case 4:
      return concat(before, message.subarray(at, at + length), message.subarray(at));
    default:
      return before.slice();
  }
}

/**
 * Copies of a message in which one field is damaged: each number, length and tag becomes least, greatest, one less, one
 * more and has its top bit flipped; each byte string has its first and last byte flipped.
 */
export function* mutateFields(message: Uint8Array, spans: readonly FieldSpan[]): Generator<Uint8Array> {
  for (const { offset, length, kind } of spans) {
    if (length === 0) continue;
    const last = offset + length - 1;
    yield withByte(message, offset, (byte) => byte ^ 0x80);
    yield withByte(message, last, (byte) => byte ^ 0x01);
    if (kind === 'bytes') continue;
    yield withByte(message, last, (byte) => byte + 1);
    yield withByte(message, last, (byte) => byte - 1);
    yield message.slice().fill(0x00, offset, offset + length);
    yield message.slice().fill(0xff, offset, offset + length);
  }
}

function withByte(message: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  const changed = message.slice();
  const byte = changed[at];
  if (byte !== undefined) changed[at] = change(byte);
  return changed;
}
