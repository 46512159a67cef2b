import { decodeCbor, encodeCbor, fromHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { exchangesOf, flowOf, flows, isWhole } from './support/flows.js';

const exchanges = [...flows.values()].flatMap(exchangesOf);
const hasFormat = (options: readonly (readonly [string, string | number])[]): boolean =>
  options.some(([name, value]) => name === 'Content-Format' && value === 10_000);

describe('what was captured of IoTivity-Lite 2.2.5', () => {
  it('is 46 flows with 349 requests', () => {
    expect([flows.size, exchanges.length]).toEqual([46, 349]);
  });

  it.each([...flows])('%s: every payload is CBOR that we read, and write again as the same value', (_, events) => {
    for (const { options, payload, responses } of exchangesOf(events)) {
      const bodies = [{ options, payload }, ...responses.filter(isWhole)];
      for (const body of bodies.filter((one) => hasFormat(one.options) && one.payload !== '')) {
        const value = decodeCbor(fromHex(body.payload), { repeatedKeys: 'last' });
        const written = encodeCbor(value);
        expect(decodeCbor(written)).toEqual(value);
        expect(written.length).toBeLessThanOrEqual(body.payload.length / 2);
      }
    }
  });

  it('has a key twice only in links that are served to groups too (flow c04), which strict reading refuses', () => {
    const bodies = exchanges.flatMap((one) => [one, ...one.responses.filter(isWhole)]);
    const refused = bodies.filter(({ options, payload }) => hasFormat(options) && isRefused(fromHex(payload)));
    const [c04] = exchangesOf(flowOf('c04'));
    expect(refused).toEqual(c04?.responses);
  });

  it('has a payload exactly where it has a content format, OSCORE aside', () => {
    const messages = exchanges.flatMap((one) => [one, ...one.responses]);
    const odd = messages.filter(({ options, payload }) => hasFormat(options) !== (payload !== ''));
    expect(odd.map(({ options }) => options.map(([name]) => name))).toEqual([['OSCORE']]);
  });
});

function isRefused(bytes: Uint8Array): boolean {
  try {
    decodeCbor(bytes);
    return false;
  } catch {
    return true;
  }
}
