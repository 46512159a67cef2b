import { describe, expect, it } from 'vitest';
import {
  type TlvEntry,
  bytes,
  decode,
  encode,
  fromHex,
  mapped,
  remaining,
  struct,
  tlv,
  tlvSet,
  tlvs,
  toHex,
  trace,
  u16,
  u8,
} from '@selvage/core';
import { codecSuite, outcomeOf } from '@selvage/core/testing';

const test = { describe, it, expect };
const ff = (length: number): string => 'ff'.repeat(length);

codecSuite(test, {
  name: 'a TLV (Thread 1.3 §8.10.1)',
  codec: tlv,
  vectors: [
    { name: 'an empty value', bytes: '0d 00', value: { type: 13, value: fromHex('') } },
    { name: 'a short value', bytes: '03 02 4f54', value: { type: 3, value: fromHex('4f54') } },
    { name: 'the longest short value', bytes: `01 fe ${ff(254)}`, value: { type: 1, value: fromHex(ff(254)) } },
    { name: 'the shortest long value', bytes: `01 ff00ff ${ff(255)}`, value: { type: 1, value: fromHex(ff(255)) } },
    {
      name: 'a short value with the extended length',
      bytes: '01 ff0001 aa',
      value: { type: 1, value: fromHex('aa'), extended: true as const },
    },
  ],
  rounds: 100,
});

codecSuite(test, {
  name: 'a list of TLVs',
  codec: tlvs,
  vectors: [
    {
      name: 'repeated types in any order',
      bytes: '05 01 aa  01 00  05 01 bb',
      value: [
        { type: 5, value: fromHex('aa') },
        { type: 1, value: fromHex('') },
        { type: 5, value: fromHex('bb') },
      ],
    },
  ],
  openEnded: true,
  rounds: 100,
});

const networkName = mapped(
  remaining,
  (wire) => new TextDecoder().decode(wire),
  (text) => new TextEncoder().encode(text),
);
const dataset = tlvSet({
  channel: [0, struct({ page: u8, channel: u16 })],
  panId: [1, u16],
  networkName: [3, networkName],
  networkKey: [5, bytes(16)],
});
const key = fromHex('00112233445566778899aabbccddeeff');

codecSuite<readonly TlvEntry<typeof dataset.declarations>[]>(test, {
  name: 'a declared set of TLVs',
  codec: dataset,
  vectors: [
    {
      name: 'a dataset with an unknown TLV, and PAN ID with the extended length',
      bytes: `00 03 00000b  05 10 ${toHex(key)}  01 ff0002 face  fe 01 77  03 03 6f6666`,
      value: [
        { type: 'channel', value: { page: 0, channel: 11 } },
        { type: 'networkKey', value: key },
        { type: 'panId', value: 0xface, extended: true },
        { type: 'unknown', tag: 0xfe, body: fromHex('77') },
        { type: 'networkName', value: 'off' },
      ],
    },
  ],
  unknown: ['fe 00', 'fe ff0000', `fe ff00ff ${ff(255)}`],
  openEnded: true,
  // Text that is no UTF-8 is not kept.
  manyForms: true,
  rounds: 100,
});

describe('a declared set of TLVs', () => {
  it('finds the first of a name', () => {
    const entries = decode(dataset, fromHex('01021111 01022222'));
    expect([dataset.first(entries, 'panId'), dataset.first(entries, 'networkKey')]).toEqual([0x1111, undefined]);
  });

  it('wants values to be exact, and names the one that is not', () => {
    expect(() => decode(dataset, fromHex('fe00 0103000000'), 'dataset')).toThrow('dataset[1]: 1 byte left over');
    expect(() => decode(dataset, fromHex('0500'), 'dataset')).toThrow('dataset[0].networkKey: needs 16 bytes');
  });

  it('notes type, length and value in its trace', () => {
    const shown = trace(dataset, fromHex('01ff0002face')).map(({ path, kind, length }) => `${path} ${kind} ${length}`);
    expect(shown).toEqual([
      '[0].type tag 1',
      '[0].length length 1',
      '[0].extendedLength length 2',
      '[0].panId number 2',
    ]);
  });

  it('refuses a name that it does not declare, and a value of 64 KiB', () => {
    const entry = { type: 'mauve', value: 1 } as unknown as { type: 'panId'; value: number };
    expect(outcomeOf(() => encode(dataset, [entry]))).toBe('invalid-value');
    expect(outcomeOf(() => encode(tlv, { type: 1, value: new Uint8Array(65_536) }))).toBe('length-out-of-range');
    expect(encode(tlv, { type: 1, value: new Uint8Array(65_535) }).length).toBe(65_539);
  });
});
