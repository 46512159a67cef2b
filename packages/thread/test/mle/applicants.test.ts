import { describe, expect, it } from 'vitest';
import { type Applicant, Applicants } from '../../src/mle/parent/applicants.js';

function applicant(number: number): Applicant {
  const extended = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, number);
  return { request: { kind: 'child-id-request' }, from: { extended } } as Applicant;
}

const numbersOf = (found: readonly Applicant[]): unknown[] => found.map(({ from }) => from.extended[7]);

describe('those that wait for an end device to be a router', () => {
  it('are eight, and are taken once', () => {
    const applicants = new Applicants();
    for (let i = 0; i < 8; i++) expect(applicants.add(applicant(i), 0)).toBe(true);
    expect(applicants.add(applicant(8), 0)).toBe(false);
    expect(numbersOf(applicants.take(1))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(applicants.take(1)).toEqual([]);
  });

  it('make room for others after 5 s, though there was never a router id', () => {
    const applicants = new Applicants();
    for (let i = 0; i < 8; i++) applicants.add(applicant(i), 0);
    expect(applicants.add(applicant(8), 4999)).toBe(false);
    expect(applicants.add(applicant(8), 5000)).toBe(true);
    expect(numbersOf(applicants.take(5001))).toEqual([8]);
  });

  it('are in it once, as they asked last', () => {
    const applicants = new Applicants();
    applicants.add(applicant(1), 0);
    applicants.add(applicant(1), 4000);
    expect(numbersOf(applicants.take(8000))).toEqual([1]);
    applicants.add(applicant(1), 9000);
    applicants.clear();
    expect(applicants.take(9000)).toEqual([]);
  });
});
