import { all, type CoapOption, option } from '@selvage/coap';
import { coapCode, decodeCbor, encodeCbor, fromHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import {
  acceptVersionOption,
  checkNegotiation,
  contentVersionOption,
  ocfRequest,
  ocfResponse,
  ocfResponseOf,
  readPayload,
  readResponse,
} from '../../src/index.js';
import { exchangesOf, flows } from '../captures/support/flows.js';
import { coapOptions } from '../support/captured-options.js';

const nothing = new Uint8Array(0);

/** The CoAP code with which a request is refused for its formats; `served` otherwise. */
function verdict(options: readonly CoapOption[], payload: Uint8Array): string {
  try {
    readPayload({ options, payload });
    return 'served';
  } catch (error) {
    return coapCode(error);
  }
}

describe('content negotiation (ocf.md §1.3)', () => {
  const exchanges = [...flows].flatMap(([flow, events]) => exchangesOf(events).map((one) => ({ flow, ...one })));
  const plain = exchanges.filter(({ options }) => !options.some(([name]) => name === 'OSCORE'));

  it.each([
    ['Accept 60', '4.06'],
    ['Accept 50', '4.06'],
    ['OCF-Accept-Content-Format-Version 1', '4.15'],
  ])('refuses %s with %s, as the reference did', (words, code) => {
    const found = plain.filter(({ options }) => options.some((pair) => pair.join(' ') === words));
    expect(found.map(({ responses }) => responses[0]?.code)).toEqual([code]);
    expect(verdict(coapOptions(found[0]?.options ?? []), nothing)).toBe(code);
  });

  it('refuses no other of the 348 captured requests for its formats', () => {
    const refused = plain.filter(
      ({ options, payload }) => verdict(coapOptions(options), fromHex(payload)) !== 'served',
    );
    expect([plain.length, refused.length]).toEqual([348, 3]);
  });

  it.each([
    ['another format', [option.contentFormat.of(50), contentVersionOption], '4.15'],
    ['plain CBOR', [option.contentFormat.of(60)], '4.15'],
    ['an earlier version', [option.contentFormat.of(10_000), option.ocfContentFormatVersion.of(2047)], '4.15'],
    ['a later version', [option.contentFormat.of(10_000), option.ocfContentFormatVersion.of(2112)], 'served'],
    ['no format at all', [], 'served'],
  ])('of a payload in %s', (_, options, code) => {
    expect(verdict(options, encodeCbor({ value: true }))).toBe(code);
  });

  it('answers 4.00 to what is no CBOR, is too deep, or has a key twice', () => {
    const options = [option.contentFormat.of(10_000)];
    for (const bad of ['bf', 'a1', 'a16161f4f4', '81'.repeat(40) + '00', 'a2616101616102', 'ff']) {
      expect(verdict(options, fromHex(bad)), bad).toBe('4.00');
    }
  });

  it('has nothing to read where nothing was sent', () => {
    expect(readPayload({ options: [], payload: nothing })).toBeUndefined();
    expect(() => {
      checkNegotiation({ options: [option.contentFormat.of(50)], payload: nothing });
    }).not.toThrow();
  });
});

describe('messages of OCF', () => {
  it('a request says that it reads version 1.0.0, and what its payload is in', () => {
    const request = ocfRequest('POST', '/light', { value: { value: true }, query: ['if=oic.if.a'] });
    expect(request).toMatchObject({ method: 'POST', path: '/light', accept: 10_000, contentFormat: 10_000 });
    expect(request.options?.map(({ number }) => number)).toEqual([2049, 2053]);
    expect(decodeCbor(request.payload as Uint8Array)).toEqual(new Map([['value', true]]));
  });

  it('a request without a payload says nothing of one', () => {
    const request = ocfRequest('GET', '/oic/res', { confirmable: false });
    expect(request).toEqual({
      method: 'GET',
      path: '/oic/res',
      accept: 10_000,
      options: [acceptVersionOption],
      confirmable: false,
    });
  });

  it('our requests have the options that the captured ones have', () => {
    const exchanges = [...flows.values()].flatMap(exchangesOf).filter(({ from }) => from === 'tool');
    const formats = new Set(['Accept', 'Content-Format', option.ocfAcceptContentFormatVersion.name]);
    formats.add(option.ocfContentFormatVersion.name);
    for (const { method, path, options, payload } of exchanges) {
      const ours = ocfRequest(method, path, payload === '' ? {} : { value: 0 });
      const captured = coapOptions(options.filter(([name]) => formats.has(name)));
      const named = [
        ...(ours.contentFormat === undefined ? [] : [option.contentFormat.of(ours.contentFormat)]),
        option.accept.of(ours.accept as number),
        ...(ours.options as CoapOption[]),
      ];
      expect(named).toEqual(captured);
    }
  });

  it('a response without a payload says nothing of formats', () => {
    expect(ocfResponse('2.04')).toEqual({ code: '2.04' });
    expect(ocfResponseOf('2.05', undefined, true)).toEqual({ code: '2.05' });
  });

  it('a response with a payload names format and version', () => {
    const { code, contentFormat, options, payload } = ocfResponse('2.05', { value: 1 });
    expect([code, contentFormat]).toEqual(['2.05', 10_000]);
    expect(all(options as CoapOption[], option.ocfContentFormatVersion)).toEqual([2048]);
    expect(readResponse({ options: [], payload: payload as Uint8Array })).toEqual(new Map([['value', 1]]));
  });

  it('a response in another format is not read', () => {
    const payload = encodeCbor(1);
    expect(() => readResponse({ options: [option.contentFormat.of(0)], payload })).toThrow('content format 0');
    expect(readResponse({ options: [option.contentFormat.of(0)], payload: nothing })).toBeUndefined();
  });
});
