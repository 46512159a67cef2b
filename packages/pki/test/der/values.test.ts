/** X.690: what DER allows, and what only BER does. */
import { fromHex, toHex } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';
import { describe, expect, it } from 'vitest';
import { type DerType, readDer, sequence, sequenceOf } from '../../src/der/fields.js';
import { objectIdentifier } from '../../src/der/object-identifier.js';
import { ia5String, textOf } from '../../src/der/strings.js';
import { time } from '../../src/der/time.js';
import { boolean, count, integerBytes, namedBits, wholeBytes } from '../../src/der/values.js';

const read = <T>(hex: string, type: DerType<T>): T => readDer(fromHex(hex), type);
const outcome = <T>(hex: string, type: DerType<T>): string => outcomeOf(() => read(hex, type));

function refuses<T>(type: DerType<T>, hexes: readonly string[], code = 'invalid-value'): void {
  expect(hexes.map((hex) => [hex, outcome(hex, type)])).toEqual(hexes.map((hex) => [hex, code]));
}

describe('elements (X.690 §8.1, §10.1)', () => {
  const anything: DerType<string> = ({ content }) => toHex(content);

  it('have lengths in the shortest form', () => {
    expect(read('0400', anything)).toBe('');
    expect(read(`0481 80${'00'.repeat(128)}`, anything)).toBe('00'.repeat(128));
    expect(read(`0482 0100${'00'.repeat(256)}`, anything)).toBe('00'.repeat(256));
    expect(read(`0483 010000${'00'.repeat(65536)}`, anything).length).toBe(2 * 65536);
    refuses(anything, ['048100', `0481 7f${'00'.repeat(127)}`, `0482 00ff${'00'.repeat(255)}`, '0483000001 00']);
  });

  it('have no indefinite length, none beyond 16 MiB and no long tag', () => {
    refuses(anything, ['3080 0000', '048401000000', '04ff', '1f8101 00', '3f2101 00']);
  });

  it('end where their length says', () => {
    refuses(anything, ['0401', '04', '0482 01', '0482 0100 00', ''], 'truncated');
    refuses(anything, ['0400 00', '0401 00 00'], 'trailing-bytes');
  });

  it('are read to the last', () => {
    const one = sequence((fields) => fields.read('one', boolean));
    expect(read('3003 0101ff', one)).toBe(true);
    refuses(one, ['3006 0101ff 0101ff'], 'trailing-bytes');
    refuses(one, ['3000'], 'truncated');
    refuses(one, ['3103 0101ff', '3003 020101']);
  });

  it('are named in errors', () => {
    const inner = sequence((fields) => fields.read('flags', sequenceOf(boolean)));
    const outer = sequence((fields) => fields.read('inner', inner));
    expect(() => readDer(fromHex('300a 3008 3006 0101ff 010101'), outer, 'outer')).toThrow(
      'outer.inner.flags[1]: a boolean that is neither 00 nor ff',
    );
  });

  it('may be wanted in a least number', () => {
    expect(read('3000', sequenceOf(boolean))).toEqual([]);
    refuses(sequenceOf(boolean, 1), ['3000']);
  });
});

describe('values (X.690 §8, §11)', () => {
  it('BOOLEAN is 00 or ff', () => {
    expect([read('010100', boolean), read('0101ff', boolean)]).toEqual([false, true]);
    refuses(boolean, ['010101', '0100', '0102 0000', '020101']);
  });

  it('INTEGER is in its shortest form', () => {
    expect(['020100', '02017f', '02020080', '020180', '0202ff7f'].map((hex) => toHex(read(hex, integerBytes)))).toEqual(
      ['00', '7f', '0080', '80', 'ff7f'],
    );
    refuses(integerBytes, ['0200', '0202 007f', '0202 ff80', '0203 000000']);
  });

  it('counts are not negative', () => {
    expect([read('020100', count), read('0203 010000', count)]).toEqual([0, 65536]);
    expect(read(`0208 7f${'ff'.repeat(7)}`, count)).toBe(Number.POSITIVE_INFINITY);
    refuses(count, ['020180', '0202 ff7f']);
  });

  it('OBJECT IDENTIFIER is dotted', () => {
    const ids = { '0603550406': '2.5.4.6', '06082a8648ce3d040302': '1.2.840.10045.4.3.2', '060188': '2.56' };
    const hex = Object.keys(ids).slice(0, 2);
    expect(hex.map((one) => read(one, objectIdentifier))).toEqual(Object.values(ids).slice(0, 2));
    expect(read('060a 2b060104018 2de7c0106', objectIdentifier)).toBe('1.3.6.1.4.1.44924.1.6');
    expect(read('0602 8837', objectIdentifier)).toBe('2.999');
    refuses(objectIdentifier, ['0600', '060188', '0603 558004', `060a 55${'ff'.repeat(8)}7f`]);
  });

  it('BIT STRING is of whole bytes, or of named bits', () => {
    expect(toHex(read('0303 00 1234', wholeBytes))).toBe('1234');
    refuses(wholeBytes, ['0300', '0302 01 80', '0401 00']);
    const bits = namedBits();
    expect(read('0302 0388', bits)).toEqual([0, 4]);
    expect(read('0303 07 0080', bits)).toEqual([8]);
    expect(read('0302 0088', bits)).toEqual([0, 4]);
    expect(read('0301 00', bits)).toEqual([]);
    refuses(bits, ['0300', '0301 01', '0302 0880', '0302 0381', '030b 00 00000000000000000080']);
  });

  it('texts are read in their own type', () => {
    const text: DerType<string | undefined> = (element) => textOf(element);
    const texts = ['0c03 c3a461', '1302 4142', '1403 e46162', '1602 4142', '1e04 00e40062', '1c04 000000e4'];
    expect(texts.map((hex) => read(hex, text))).toEqual(['äa', 'AB', 'äab', 'AB', 'äb', 'ä']);
    expect(read('0402 4142', text)).toBe(undefined);
    refuses(text, ['0c01 ff', '0c02 c0af', '1301 ff', '1e03 000000', '1e02 d800', '1c04 00110000']);
    refuses(ia5String, ['1601 e4', '0c0141']);
  });

  it('times are to the second, in UTC (RFC 5280 §4.1.2.5)', () => {
    const at = (tag: string, text: string): string =>
      `${tag}${text.length.toString(16).padStart(2, '0')}${Buffer.from(text).toString('hex')}`;
    const iso = (tag: string, text: string): string => new Date(read(at(tag, text), time)).toISOString();
    expect(iso('17', '491231235959Z')).toBe('2049-12-31T23:59:59.000Z');
    expect(iso('17', '500101000000Z')).toBe('1950-01-01T00:00:00.000Z');
    expect(iso('18', '20500101000000Z')).toBe('2050-01-01T00:00:00.000Z');
    expect(iso('18', '99991231235959Z')).toBe('9999-12-31T23:59:59.000Z');
    expect(iso('17', '240229120000Z')).toBe('2024-02-29T12:00:00.000Z');
    const utc = ['230229120000Z', '241301000000Z', '240132000000Z', '240101240000Z', '240101006000Z', '240101000060Z'];
    refuses(
      time,
      [...utc, '2401010000Z', '240101000000', '240101000000+0000', '24010100000aZ'].map((text) => at('17', text)),
    );
    refuses(
      time,
      ['20240101000000.5Z', '240101000000Z', '-0240101000000Z'].map((text) => at('18', text)),
    );
    refuses(time, [at('16', '240101000000Z')]);
  });
});
