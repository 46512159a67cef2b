import { decode, encode, fromHex, toHex } from '@selvage/core';
import { codecSuite, outcomeOf } from '@selvage/core/testing';
import { describe, expect, it } from 'vitest';
import { type CoapMessage, coapMessage, option } from '../../src/index.js';
import { encodeMessage } from '../../src/message/message.js';
import { randomMessage, text } from '../support/messages.js';

const none = new Uint8Array(0);
const get: CoapMessage = {
  type: 'CON',
  code: 0x01,
  messageId: 0x7d34,
  token: none,
  options: [{ number: 11, value: text('temperature') }],
  payload: none,
};

codecSuite<CoapMessage>(
  { describe, it, expect },
  {
    name: 'a CoAP message (RFC 7252 §3)',
    codec: coapMessage,
    vectors: [
      { name: 'the request of RFC 7252 figure 16', bytes: '40 01 7d34 bb 74656d7065726174757265', value: get },
      {
        name: 'the response of RFC 7252 figure 16',
        bytes: '60 45 7d34 ff 32322e332043',
        value: { type: 'ACK', code: 0x45, messageId: 0x7d34, token: none, options: [], payload: text('22.3 C') },
      },
      {
        name: 'the request with token of RFC 7252 figure 17',
        bytes: '41 01 7d35 20 bb 74656d7065726174757265',
        value: { ...get, messageId: 0x7d35, token: Uint8Array.of(0x20) },
      },
      {
        name: 'an Empty message',
        bytes: '70 00 0001',
        value: { type: 'RST', code: 0, messageId: 1, token: none, options: [], payload: none },
      },
      {
        name: 'deltas and lengths of each width',
        bytes: `50 02 ffff  d1 00 aa  de ff 0000 ${'bb'.repeat(269)}  e0 0000`,
        value: {
          type: 'NON',
          code: 0x02,
          messageId: 0xffff,
          token: none,
          options: [
            { number: 13, value: fromHex('aa') },
            { number: 281, value: fromHex('bb'.repeat(269)) },
            { number: 550, value: none },
          ],
          payload: none,
        },
      },
    ],
    unknown: ['45 1f 0102 0304050607 ff 00', '58 5e 0000 0000000000000000 e1 fd00 55', '40 60 0000'],
    generate: randomMessage,
    openEnded: true,
  },
);

describe('what RFC 7252 §3 calls a message format error is refused', () => {
  const refused: readonly [title: string, bytes: string, code: string][] = [
    ['version 0', '00 01 0000', 'invalid-value'],
    ['version 2', '80 01 0000', 'invalid-value'],
    ['version 3', 'c0 01 0000', 'invalid-value'],
    ...Array.from({ length: 7 }, (_, i): [string, string, string] => [
      `token length ${9 + i}`,
      `4${(9 + i).toString(16)} 01 0000 ${'00'.repeat(15)}`,
      'invalid-value',
    ]),
    ['a token that is cut off', '48 01 0000 00000000000000', 'truncated'],
    ['a code of class 1', '40 20 0000', 'invalid-value'],
    ['a code of class 6', '40 c0 0000', 'invalid-value'],
    ['a code of class 7, as CoAP over TCP has them', '40 e1 0000', 'invalid-value'],
    ['an Empty message with a token', '41 00 0000 01', 'trailing-bytes'],
    ['an Empty message with a token length and no token', '41 00 0000', 'trailing-bytes'],
    ['an Empty message with an option', '40 00 0000 b1 61', 'trailing-bytes'],
    ['an Empty message with a payload', '40 00 0000 ff 01', 'trailing-bytes'],
    ['a payload marker without a payload', '40 01 0000 ff', 'truncated'],
    ['a payload marker without a payload behind an option', '40 01 0000 b1 61 ff', 'truncated'],
    ['option delta 15', '40 01 0000 f1 61', 'invalid-value'],
    ['option length 15', '40 01 0000 bf 61', 'invalid-value'],
    ['an option longer than the message', '40 01 0000 b5 61', 'truncated'],
    ['an extended delta that is cut off', '40 01 0000 e0 01', 'truncated'],
    ['an option number above 65535', '40 01 0000 e0 ffff', 'invalid-value'],
    ['an option number above 65535, in two steps', '40 01 0000 e0 fef2 d0 01', 'invalid-value'],
    ['nothing at all', '', 'truncated'],
    ['three bytes', '40 01 00', 'truncated'],
  ];
  it.each(refused)('%s', (_, bytes, code) => {
    expect(outcomeOf(() => decode(coapMessage, fromHex(bytes)))).toBe(code);
  });

  it('takes what is just within: 8 bytes of token, option 65535, a code nobody registered', () => {
    expect(decode(coapMessage, fromHex('48 01 0000 0102030405060708')).token.length).toBe(8);
    expect(decode(coapMessage, fromHex('40 bf 0000 e0 fef2')).options[0]?.number).toBe(65_535);
  });
});

describe('a message that RFC 7252 §3 does not allow is not written', () => {
  const wrong: readonly [title: string, change: Partial<CoapMessage>, code: string][] = [
    ['a token of 9 bytes', { token: new Uint8Array(9) }, 'length-out-of-range'],
    ['a reserved class', { code: 0xe0 }, 'invalid-value'],
    ['a code above a byte', { code: 0x145 }, 'invalid-value'],
    ['a message ID above 16 bits', { messageId: 0x1_0000 }, 'value-out-of-range'],
    ['an Empty message with a path', { code: 0 }, 'invalid-value'],
    ['options out of order', { options: [option.uriQuery.of('a'), option.uriPath.of('b')] }, 'invalid-value'],
    ['an option number above 65535', { options: [{ number: 65_536, value: none }] }, 'invalid-value'],
    ['an option of 65805 bytes', { options: [{ number: 1, value: new Uint8Array(65_805) }] }, 'length-out-of-range'],
  ];
  it.each(wrong)('%s', (_, change, code) => {
    expect(outcomeOf(() => encode(coapMessage, { ...get, ...change }))).toBe(code);
  });

  it('and leaves nothing in the message that is written next', () => {
    expect(outcomeOf(() => encodeMessage({ ...get, options: [...get.options, option.ifMatch.of(none)] }))).toBe(
      'invalid-value',
    );
    expect(toHex(encodeMessage(get))).toBe(toHex(encode(coapMessage, get)));
  });
});
