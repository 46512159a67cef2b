import { describe, expect, it } from 'vitest';
import { type FieldSpan, decode, encode, fromHex, list, nested, opaque, struct, trace, u16, u8 } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';
import { handshake, hello, helloBytes } from '../support/client-hello.js';

const message = fromHex(helloBytes);

describe('the path in an error', () => {
  it.each([
    ['its tag', 0, 'handshake.type: needs 1 byte where 0 are left'],
    ['its length', 3, 'handshake.length: needs 3 bytes where 2 are left'],
    ['its body', 10, 'handshake: needs 57 bytes where 6 are left'],
  ])('names the field at which a message ends: %s', (_, length, text) => {
    expect(() => decode(handshake, message.subarray(0, length), 'handshake')).toThrow(text);
  });

  it('leads through structs, variants and lists to a length', () => {
    const damaged = message.slice();
    damaged[35] = 0xff;
    expect(() => decode(handshake, damaged)).toThrow(
      expect.objectContaining({
        code: 'truncated',
        path: 'clientHello.extensions[1]',
        details: { path: 'clientHello.extensions[1]', offset: 37, needed: 0xff06, available: 24 },
      }),
    );
  });

  it('is given on encoding too', () => {
    const value = { ...hello.value, extensions: [{ type: 'supportedGroups', value: { groups: [] } }] } as const;
    expect(() => encode(handshake, { type: 'clientHello', value })).toThrow(
      'clientHello.extensions[0].supportedGroups.groups: 0 bytes where at least 2 are allowed',
    );
    expect(() => encode(list(u8, struct({ a: u8 })), [{ a: 1 }, { a: 300 }], 'list')).toThrow(
      'list[1].a: 300 does not fit 1 byte',
    );
  });

  it('names the whole where bytes are left over', () => {
    expect(() => decode(u8, fromHex('0102'), 'reply')).toThrow('reply: 1 byte left over where the format ends');
    expect(() => decode(struct({ a: nested(u8, u8) }), fromHex('020102'))).toThrow('a: 1 byte left over');
  });
});

describe('trace', () => {
  it('gives every leaf field with its place and kind', () => {
    const spans = trace(handshake, message);
    const shown = spans.map(({ path, offset, length, kind }) => `${offset}+${length} ${kind} ${path}`);
    expect(shown).toEqual([
      '0+1 tag type',
      '1+3 length length',
      '4+2 number clientHello.version',
      '6+4 number clientHello.random.time',
      '10+4 bytes clientHello.random.bytes',
      '14+1 length clientHello.sessionId.length',
      '15+0 bytes clientHello.sessionId',
      '15+1 length clientHello.cookie.length',
      '16+2 bytes clientHello.cookie',
      '18+2 length clientHello.cipherSuites.length',
      '20+2 number clientHello.cipherSuites[0]',
      '22+2 number clientHello.cipherSuites[1]',
      '24+1 length clientHello.compression.length',
      '25+1 number clientHello.compression[0]',
      '26+2 length clientHello.extensions.length',
      '28+2 tag clientHello.extensions[0].type',
      '30+2 length clientHello.extensions[0].length',
      '32+1 number clientHello.extensions[0].maxFragmentLength',
      '33+2 tag clientHello.extensions[1].type',
      '35+2 length clientHello.extensions[1].length',
      '37+2 length clientHello.extensions[1].supportedGroups.groups.length',
      '39+2 number clientHello.extensions[1].supportedGroups.groups[0]',
      '41+2 number clientHello.extensions[1].supportedGroups.groups[1]',
      '43+2 tag clientHello.extensions[2].type',
      '45+2 length clientHello.extensions[2].length',
      '47+4 bytes clientHello.extensions[2].ecjpakeKeyKpPair',
      '51+2 tag clientHello.extensions[3].type',
      '53+2 length clientHello.extensions[3].length',
      '55+2 bytes clientHello.extensions[3].body',
      '57+2 tag clientHello.extensions[4].type',
      '59+2 length clientHello.extensions[4].length',
      '61+0 bytes clientHello.extensions[4].body',
    ]);
  });

  it('starts paths with a name', () => {
    expect(trace(struct({ a: u8 }), fromHex('01'), 'reply')).toEqual<FieldSpan[]>([
      { path: 'reply.a', offset: 0, length: 1, kind: 'number' },
    ]);
  });

  it('tells two spans of one path apart', () => {
    const paths = trace(struct({ a: nested(u16, opaque(u8)) }), fromHex('000100')).map(({ path }) => path);
    expect(paths).toEqual(['a.length', 'a.length#2', 'a']);
  });

  it('refuses what decode refuses', () => {
    expect(outcomeOf(() => trace(u16, fromHex('01')))).toBe('truncated');
    expect(outcomeOf(() => trace(u8, fromHex('0102')))).toBe('trailing-bytes');
  });
});
