import { fromHex, SelvageError, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import {
  admitsAnybody,
  admitsNobody,
  discernerBytes,
  isAdmitted,
  parseDiscerner,
  steeringDataOf,
} from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import vectors from '../vectors/steering.json' with { type: 'json' };

describe('steering data (Thread 1.3 §8.4.4.3)', () => {
  it('is what OpenThread makes of a joiner ID, at every length', () => {
    let compared = 0;
    for (const { joinerId, steering } of vectors.joinerIds) {
      for (const [length, expected] of Object.entries(steering)) {
        const filter = steeringDataOf([fromHex(joinerId)], Number(length));
        expect(toHex(filter)).toBe(expected);
        expect(isAdmitted(filter, fromHex(joinerId))).toBe(true);
        compared++;
      }
    }
    expect(compared).toBe(96);
  });

  it('is what OpenThread makes of a discerner', () => {
    for (const { value, length, steering16 } of vectors.discerners) {
      const member = discernerBytes(parseDiscerner(`${value}/${length}`));
      expect(toHex(steeringDataOf([member]))).toBe(steering16);
    }
    expect(vectors.discerners.length).toBe(6);
  });

  it('admits all its members, and few others', () => {
    const entropy = new SeededEntropy('steering');
    const draw = (): Uint8Array => {
      const id = new Uint8Array(8);
      entropy.fill(id);
      return id;
    };
    const members = Array.from({ length: 10 }, draw);
    const filter = steeringDataOf(members);
    expect(members.every((member) => isAdmitted(filter, member))).toBe(true);
    const strangers = Array.from({ length: 1000 }, draw).filter((stranger) => isAdmitted(filter, stranger));
    expect(strangers.length).toBeLessThan(60);
  });

  it('has a form for nobody and one for anybody, and 1 to 16 bytes', () => {
    const [id] = vectors.joinerIds.map(({ joinerId }) => fromHex(joinerId));
    expect(isAdmitted(admitsNobody, id!)).toBe(false);
    expect(isAdmitted(admitsAnybody, id!)).toBe(true);
    expect(isAdmitted(new Uint8Array(), id!)).toBe(false);
    for (const length of [0, 17, 1.5]) expect(() => steeringDataOf([], length)).toThrow(SelvageError);
  });
});
