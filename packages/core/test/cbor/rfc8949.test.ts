import { decodeCbor, encodeCbor, fromHex, toHex } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';
import { describe, expect, it } from 'vitest';
import { otherForms, preferred, withoutPlace } from './appendix-a.js';
import { notWellFormed } from './appendix-f.js';

describe('RFC 8949 appendix A', () => {
  it.each(preferred)('%s is read and written', (encoding, value) => {
    expect(decodeCbor(fromHex(encoding))).toStrictEqual(value);
    expect(toHex(encodeCbor(value))).toBe(encoding);
  });

  it.each(otherForms)('%s is read, and written in the preferred form', (encoding, value) => {
    expect(decodeCbor(fromHex(encoding))).toStrictEqual(value);
    const written = encodeCbor(value);
    expect(written.length).toBeLessThanOrEqual(encoding.length / 2);
    expect(decodeCbor(written)).toStrictEqual(value);
  });

  it.each(withoutPlace)('%s is refused', (encoding) => {
    expect(outcomeOf(() => decodeCbor(fromHex(encoding)))).toBe('invalid-value');
  });

  it('is here whole', () => {
    expect([preferred.length, otherForms.length, withoutPlace.length]).toEqual([49, 20, 12]);
  });
});

describe('RFC 8949 appendix F.1', () => {
  it.each(notWellFormed)('refuses: %s', (_, encodings) => {
    const outcomes = encodings.map((encoding) => outcomeOf(() => decodeCbor(fromHex(encoding))));
    expect(outcomes.filter((outcome) => outcome !== 'truncated' && outcome !== 'invalid-value')).toEqual([]);
  });
});
