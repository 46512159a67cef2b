import { fromHex, toHex } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';
import { describe, expect, it } from 'vitest';
import { all, first, has, inOrder, isCritical, isNoCacheKey, option, without } from '../../src/index.js';
import { allOptions } from '../../src/option/registry.js';
import { text } from '../support/messages.js';

/** RFC 7252 §5.10 table 4, RFC 7641 §2, RFC 7959 §2.1 and §4, RFC 7967, RFC 8613, RFC 8768, RFC 9175 table 1, OCF core. */
const table: readonly [name: string, number: number, columns: string, format: string, lengths: string][] = [
  ['If-Match', 1, 'C--R', 'opaque', '0-8'],
  ['Uri-Host', 3, 'CU--', 'string', '1-255'],
  ['ETag', 4, '---R', 'opaque', '1-8'],
  ['If-None-Match', 5, 'C---', 'empty', '0-0'],
  ['Observe', 6, '-U--', 'uint', '0-3'],
  ['Uri-Port', 7, 'CU--', 'uint', '0-2'],
  ['Location-Path', 8, '---R', 'string', '0-255'],
  ['OSCORE', 9, 'C---', 'opaque', '0-255'],
  ['Uri-Path', 11, 'CU-R', 'string', '0-255'],
  ['Content-Format', 12, '----', 'uint', '0-2'],
  ['Max-Age', 14, '-U--', 'uint', '0-4'],
  ['Uri-Query', 15, 'CU-R', 'string', '0-255'],
  ['Hop-Limit', 16, '----', 'uint', '1-1'],
  ['Accept', 17, 'C---', 'uint', '0-2'],
  ['Location-Query', 20, '---R', 'string', '0-255'],
  ['Block2', 23, 'CU--', 'block', '0-3'],
  ['Block1', 27, 'CU--', 'block', '0-3'],
  ['Size2', 28, '--N-', 'uint', '0-4'],
  ['Proxy-Uri', 35, 'CU--', 'string', '1-1034'],
  ['Proxy-Scheme', 39, 'CU--', 'string', '1-255'],
  ['Size1', 60, '--N-', 'uint', '0-4'],
  ['Echo', 252, '--N-', 'opaque', '1-40'],
  ['No-Response', 258, '-U--', 'uint', '0-1'],
  ['Request-Tag', 292, '---R', 'opaque', '0-8'],
  ['OCF-Accept-Content-Format-Version', 2049, 'C---', 'uint', '0-2'],
  ['OCF-Content-Format-Version', 2053, 'C---', 'uint', '0-2'],
];

describe('the option table', () => {
  it('is that of the registry', () => {
    const ours = allOptions.map(({ name, number, repeatable, format }) => {
      const columns = [
        isCritical(number) ? 'C' : '-',
        (number & 2) !== 0 ? 'U' : '-',
        isNoCacheKey(number) ? 'N' : '-',
        repeatable ? 'R' : '-',
      ];
      return [name, number, columns.join(''), format.name, `${format.min}-${format.max}`];
    });
    expect(ours).toEqual(table);
  });
});

describe('option values (RFC 7252 §3.2)', () => {
  it('numbers take as few bytes as they need, and may have leading zeros', () => {
    const values: [number, string][] = [
      [0, ''],
      [1, '01'],
      [255, 'ff'],
      [256, '0100'],
      [65_536, '010000'],
      [16_777_216, '01000000'],
      [4_294_967_295, 'ffffffff'],
    ];
    for (const [value, bytes] of values) {
      expect(toHex(option.maxAge.of(value).value)).toBe(bytes);
      expect(first([option.maxAge.of(value)], option.maxAge)).toBe(value);
    }
    expect(first([{ number: 14, value: fromHex('0000003c') }], option.maxAge)).toBe(60);
  });

  it.each([
    ['a number too large for its option', () => option.accept.of(65_536), 'length-out-of-range'],
    ['a negative number', () => option.accept.of(-1), 'value-out-of-range'],
    ['a fraction', () => option.accept.of(1.5), 'value-out-of-range'],
    ['a number above 32 bits', () => option.maxAge.of(2 ** 32), 'value-out-of-range'],
    ['a path segment of 256 bytes', () => option.uriPath.of('a'.repeat(256)), 'length-out-of-range'],
    ['an empty host', () => option.uriHost.of(''), 'length-out-of-range'],
    ['an ETag of 9 bytes', () => option.etag.of(new Uint8Array(9)), 'length-out-of-range'],
  ])('%s is not written', (_, make, code) => {
    expect(outcomeOf(make)).toBe(code);
  });

  it('texts are UTF-8, and nothing is read into what is not', () => {
    expect(toHex(option.uriPath.of('für').value)).toBe('66c3bc72');
    expect(first([option.uriPath.of('für')], option.uriPath)).toBe('für');
    const long = 'ä'.repeat(120);
    expect(first([option.uriPath.of(long)], option.uriPath)).toBe(long);
    for (const bytes of ['ff', 'c3', '61c3', 'eda080', 'f4908080', 'c080']) {
      expect(outcomeOf(() => first([{ number: 11, value: fromHex(bytes) }], option.uriPath))).toBe('invalid-value');
    }
  });
});

describe('reading options', () => {
  const options = [
    option.uriPath.of('a'),
    option.uriPath.of(''),
    option.uriPath.of('b'),
    option.accept.of(60),
    { number: 17, value: new Uint8Array(3) },
  ];

  it('gives the first, all, or none', () => {
    expect(first(options, option.uriPath)).toBe('a');
    expect(all(options, option.uriPath)).toEqual(['a', '', 'b']);
    expect(first(options, option.uriQuery)).toBeUndefined();
    expect(all(options, option.uriQuery)).toEqual([]);
    expect([has(options, option.accept), has(options, option.etag)]).toEqual([true, false]);
  });

  it('passes over a value of a length that the option does not have (§5.4.3)', () => {
    expect(first([{ number: 12, value: new Uint8Array(3) }], option.contentFormat)).toBeUndefined();
    expect(all([{ number: 4, value: new Uint8Array(9) }, option.etag.of(text('x'))], option.etag)).toEqual([text('x')]);
  });

  it('puts them in order without moving those of one number, and takes some out', () => {
    const mixed = [option.uriQuery.of('x'), option.uriPath.of('b'), option.uriPath.of('a'), option.observe.of(0)];
    expect(inOrder(mixed).map(({ number, value }) => [number, toHex(value)])).toEqual([
      [6, ''],
      [11, '62'],
      [11, '61'],
      [15, '78'],
    ]);
    expect(without(mixed, option.uriPath, option.observe).map(({ number }) => number)).toEqual([15]);
  });
});
