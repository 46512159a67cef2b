import { decode, encode, fromHex, toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { codeText, coapMessage, describeDatagram, methodOf } from '../../src/index.js';
import vectors from '../vectors/ocf-messages.json' with { type: 'json' };

const flows = Object.entries(vectors.flows);
const messages = flows.flatMap(([, entries]) => entries);

describe('messages of IoTivity-Lite 2.2.5, captured', () => {
  it('are as many as the file holds', () => {
    expect([flows.length, messages.length]).toEqual([12, 220]);
  });

  it.each(flows)('%s: decode as tshark reads them, and are written back byte for byte', (_, entries) => {
    for (const { frame, raw, type, code, messageId, token, payload } of entries) {
      const message = decode(coapMessage, fromHex(raw));
      expect({
        frame,
        type: message.type,
        code: nameOf(message.code),
        messageId: message.messageId,
        token: toHex(message.token),
        payload: toHex(message.payload),
      }).toEqual({ frame, type, code, messageId, token, payload });
      expect(toHex(encode(coapMessage, message))).toBe(raw);
    }
  });

  it.each(flows)('%s: have the options that tshark names', (_, entries) => {
    for (const { frame, raw, options } of entries) {
      const description = describeDatagram(fromHex(raw));
      const isInName = ([name]: string[]): boolean => name === 'Uri-Path' || name === 'Uri-Query';
      const fields = description?.fields.map(([name, value]) => [name, value]);
      expect({ frame, options: fields }).toEqual({ frame, options: options.filter((one) => !isInName(one)) });
    }
  });

  it('are told in words', () => {
    expect(describeDatagram(fromHex(messages[0]?.raw ?? ''))).toMatchObject({
      name: 'GET /oic/sec/doxm?owned=FALSE',
      type: 'NON',
      fields: [
        ['Accept', '10000'],
        ['OCF-Accept-Content-Format-Version', '2048'],
      ],
    });
  });
});

/** As the captures have it. */
function nameOf(code: number): string {
  return code === 0 ? 'EMPTY' : (methodOf(code) ?? codeText(code));
}
