import { SelvageError } from '@selvage/core';
import { crcAnsi, crcCcitt } from './cyclic-checks.js';

const longest = 16;
const everyBit = 0xff;

/** Steering data that admits nobody, and that admits anybody. */
export const admitsNobody = Uint8Array.of(0);
export const admitsAnybody = Uint8Array.of(everyBit);

/**
 * The steering data of those who are expected: a Bloom filter of their joiner IDs or discerners, by two cyclic checks
 * (Thread 1.3 §8.4.4.3). Whoever is not in it need not try; who is in it may still be a stranger.
 * @param members the bytes of each joiner ID or discerner
 * @param length 1 to 16 bytes; the longer, the fewer strangers are taken for members
 * @throws SelvageError `invalid-argument`
 */
export function steeringDataOf(members: Iterable<Uint8Array>, length: number = longest): Uint8Array {
  if (!Number.isInteger(length) || length < 1 || length > longest) {
    throw new SelvageError('invalid-argument', `steering data has 1 to ${longest} bytes, not ${length}`);
  }
  const filter = new Uint8Array(length);
  for (const member of members) {
    for (const bit of bitsOf(member, length)) {
      const at = length - 1 - (bit >> 3);
      filter[at] = (filter[at] as number) | (1 << (bit & 7));
    }
  }
  return filter;
}

/** Whether steering data has a joiner ID or discerner; empty steering data has nobody. */
export function isAdmitted(steeringData: Uint8Array, member: Uint8Array): boolean {
  const { length } = steeringData;
  if (length === 0) return false;
  return bitsOf(member, length).every((bit) => ((steeringData[length - 1 - (bit >> 3)] as number) >> (bit & 7)) & 1);
}

/** Whether nobody is admitted: no commissioner takes joiners. */
export function isEmpty(steeringData: Uint8Array): boolean {
  return steeringData.every((byte) => byte === 0);
}

function bitsOf(member: Uint8Array, length: number): readonly number[] {
  const bits = 8 * length;
  return [crcCcitt(member) % bits, crcAnsi(member) % bits];
}
