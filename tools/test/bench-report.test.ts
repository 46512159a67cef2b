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

  test.each([
    ['a rate that reaches it', { atLeast: 30_000 }, 30_000, 'yes'],
    ['a rate that does not', { atLeast: 30_000 }, 29_999, 'no'],
    ['twice the peer', { atLeastTimes: 2 }, 20_000, 'yes'],
    ['less than twice the peer', { atLeastTimes: 2 }, 19_999, 'no'],
  ])('says of %s whether its goal is met', (_, goal, value, met) => {
    const { atMost: _none, ...told } = figure;
    const rate: Result = {
      figure: { ...told, unit: '/s', ...goal },
      measured: { value, n: 9 },
      peers: [{ name: 'peer', value: 10_000, n: 9 }],
    };
    const [heading = '', row = ''] = table([rate]).split('\n');
    expect(row.slice(heading.indexOf('met')).split(' ')[0]).toBe(met);
  });

  test('says of what failed in part that its goal is not met, as good as the value is', () => {
    const part: Result = { figure, measured: { value: 1, n: 900, isWhole: false }, peers: [] };
    const [heading = '', row = ''] = table([part]).split('\n');
    expect(row.slice(heading.indexOf('met')).split(' ')[0]).toBe('no');
  });

  test('says of a rate without a peer that it does not reach a multiple of it', () => {
    const { atMost: _none, ...told } = figure;
    const rate: Result = { figure: { ...told, atLeastTimes: 2 }, measured: { value: 1e9, n: 9 }, peers: [] };
    const [heading = '', row = ''] = table([rate]).split('\n');
    expect(row.slice(heading.indexOf('met')).split(' ')[0]).toBe('no');
  });
});
