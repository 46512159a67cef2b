import type { SeededRandom } from '@selvage/core/virtual';
import { type CoapMessage, type CoapOption, type MessageType, messageTypes } from '../../src/index.js';

/** Numbers that cross the borders of the extended deltas, and those of the registry. */
const numbers = [
  1, 3, 4, 6, 8, 11, 12, 13, 14, 15, 17, 20, 23, 27, 60, 252, 258, 268, 269, 270, 292, 2049, 2053, 65_535,
];
const lengths = [0, 1, 2, 8, 12, 13, 14, 40, 255, 268, 269, 270, 1034];
const codes = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x1f, 0x41, 0x44, 0x45, 0x5f, 0x80, 0x84, 0x8d, 0xa0, 0xa3];

/** A message that is allowed, of any kind. */
export function randomMessage(random: SeededRandom): CoapMessage {
  const type = messageTypes[random.below(4)] as MessageType;
  const messageId = random.below(0x1_0000);
  if (random.chance(0.05)) {
    return { type, code: 0, messageId, token: new Uint8Array(0), options: [], payload: new Uint8Array(0) };
  }
  return {
    type,
    code: pick(codes, random),
    messageId,
    token: random.bytes(random.below(9)),
    options: randomOptions(random),
    payload: random.bytes(random.chance(0.3) ? 0 : 1 + random.below(64)),
  };
}

function randomOptions(random: SeededRandom): CoapOption[] {
  const count = random.below(6);
  const options = Array.from({ length: count }, () => {
    const number = random.chance(0.7) ? pick(numbers, random) : random.below(0x1_0000);
    return {
      number,
      value: random.bytes(random.chance(0.8) ? pick(lengths.slice(0, 8), random) : pick(lengths, random)),
    };
  });
  return options.sort((a, b) => a.number - b.number);
}

export function pick<T>(values: readonly T[], random: SeededRandom): T {
  return values[random.below(values.length)] as T;
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
