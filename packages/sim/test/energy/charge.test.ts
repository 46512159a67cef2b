import {
  chargeOf,
  computingTime,
  type EnergyRow,
  type EnergyUse,
  noOperations,
  nrf52840,
  unusedRadio,
} from '@selvage/sim';
import { describe, expect, it } from 'vitest';

const nothing: EnergyUse = { duration: 0, radio: unusedRadio, receiving: noOperations, asleep: noOperations };

describe('the charge of what a node did, by the table of the nRF52840', () => {
  it('is 10.54 µC for a poll of 22 bytes and its acknowledgement, and 3.16 nC for each millisecond asleep', () => {
    // 28 bytes at 32 µs; 192 µs to assess; 192 µs of turnaround and 11 bytes at 32 µs.
    const radio = { ...unusedRadio, transmitting: 0.896, assessing: 0.192, receiving: 0.544 };
    const { transmit, receive, assess, compute, sleep, total } = chargeOf(
      { ...nothing, duration: 5000, radio },
      nrf52840,
      'native',
    );
    expect(transmit).toBeCloseTo(0.896 * 6.4, 9);
    expect(assess).toBeCloseTo(0.192 * 6.53, 9);
    expect(receive).toBeCloseTo(0.544 * 6.53, 9);
    expect(transmit + assess + receive).toBeCloseTo(10.5405, 4);
    expect(compute).toBe(0);
    expect(sleep).toBeCloseTo((5000 - 1.632) * 0.00316, 9);
    expect(total).toBeCloseTo(26.3353, 3);
  });

  it('prices operations by how they are computed, and more where the receiver is on meanwhile', () => {
    const verification = { ...noOperations, verifications: 1 };
    const of = (use: Partial<EnergyUse>, crypto: 'native' | 'portable') =>
      chargeOf({ ...nothing, ...use }, nrf52840, crypto).compute;
    expect(of({ asleep: verification }, 'native')).toBeCloseTo(21.417 * 3.3, 6);
    expect(of({ asleep: verification }, 'portable')).toBeCloseTo(79.857 * 3.3, 6);
    expect(of({ receiving: verification }, 'native')).toBeCloseTo(21.417 * 8.6, 6);
  });

  it('has the processor awake, and not asleep, while it computes with the radio off', () => {
    const { compute, sleep } = chargeOf(
      { ...nothing, duration: 100, asleep: { ...noOperations, signatures: 1 } },
      nrf52840,
      'native',
    );
    expect([compute, sleep]).toEqual([expect.closeTo(20.08 * 3.3, 6), expect.closeTo((100 - 20.08) * 0.00316, 9)]);
  });

  it.each([
    ['native', 6 * 18.491 + 8 * 18.161, 12e-3, 2.36e-3],
    ['portable', 6 * 24.61 + 8 * 51.65, 83e-3, 63.88e-3],
  ] as const)(
    'takes for EC-JPAKE, for a block of AES and for 64 bytes of SHA-256, %s: %f, %f, %f ms',
    (by, jpake, aes, sha) => {
      const times = nrf52840.operations[by];
      const one = { ...noOperations, baseMultiplications: 6, multiplications: 8 };
      expect(computingTime(one, times)).toBeCloseTo(jpake, 6);
      expect(computingTime({ ...noOperations, aesBlocks: 1 }, times)).toBeCloseTo(aes, 9);
      expect(computingTime({ ...noOperations, hashBlocks: 1 }, times)).toBeCloseTo(sha, 4);
    },
  );

  it('names a source for each row', () => {
    const { name, operations, ...rows } = nrf52840;
    const parts: Record<string, EnergyRow>[] = [rows, { ...operations.native }, { ...operations.portable }];
    const all = parts.flatMap((part) => Object.values(part));
    expect(name).toBe('nRF52840');
    expect(all).toHaveLength(18);
    for (const { value, source } of all) expect([value > 0, source.length > 20]).toEqual([true, true]);
  });
});
