import { describe, expect, test } from 'vitest';
import type { Figure, Result } from '../../bench/figure.js';
import { jsonLine, table } from '../../bench/report.js';

const figure: Figure = {
  name: 'dtls.ecdsa',
  work: 'mutual handshake',
  unit: 'ms',
  atMost: 1.6,
  measure: () => ({ measured: { value: 0, n: 0 } }),
};
const openssl = { name: 'OpenSSL 3.0.22', value: 0.8, n: 700 };
const mbedtls = { name: 'Mbed TLS 3.6.6', value: 4, n: 280 };

function result(value: number, peers: Result['peers']): Result {
  return { figure, measured: { value, n: 900, note: 'noted' }, peers };
}

describe('bench report: one JSON line a figure', () => {
  test('holds the value against the first peer and notes the others', () => {
    expect(JSON.parse(jsonLine(result(1.23456, [openssl, mbedtls])))).toEqual({
      figure: 'dtls.ecdsa',
      value: 1.23,
      unit: 'ms',
      peer: { name: 'OpenSSL 3.0.22', value: 0.8 },
      ratio: 1.54,
      n: 900,
      note: 'mutual handshake; noted; Mbed TLS 3.6.6 4 ms',
    });
  });

  test('says null where no peer ran', () => {
    expect(JSON.parse(jsonLine(result(1, [])))).toMatchObject({ peer: null, ratio: null });
  });
});

describe('bench report: the table', () => {
  test.each([
    [1.6, 'yes'],
    [1.61, 'no'],
  ])('says of %d ms whether the goal of 1.6 ms is met: %s', (value, met) => {
    const [heading = '', row = ''] = table([result(value, [openssl])]).split('\n');
    const column = heading.indexOf('met');
    expect(row.slice(column).split(' ')[0]).toBe(met);
  });
});
