import { concat, decode, encode } from '@selvage/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meshFrameOf, takeHop } from '../../src/forward/mesh-frame.js';
import { relayStep } from '../../src/forward/mesh-relay.js';
import { meshHeader } from '../../src/lowpan/mesh-header.js';
import { StaticRoutes } from '../support/traffic-world.js';

const short = fc.integer({ min: 0, max: 0xfbff });
const header = fc.record({ hopsLeft: fc.integer({ min: 1, max: 255 }), source: short, destination: short });

describe('the mesh header where it stands (RFC 4944 §5.2)', () => {
  it('is read as its codec reads it', () => {
    fc.assert(
      fc.property(header, (value) => {
        const payload = concat(encode(meshHeader, value), Uint8Array.of(0x7a));
        expect(meshFrameOf(payload)).toMatchObject(value);
        expect(meshFrameOf(payload)?.length).toBe(payload.length - 1);
      }),
    );
  });

  it('loses one hop, and nothing else of the frame changes', () => {
    fc.assert(
      fc.property(header, fc.uint8Array({ minLength: 1, maxLength: 90 }), (value, rest) => {
        const payload = concat(encode(meshHeader, value), rest);
        const { length } = meshFrameOf(payload)!;
        takeHop(payload);
        expect(decode(meshHeader, payload.subarray(0, length))).toMatchObject({
          ...value,
          hopsLeft: value.hopsLeft - 1,
        });
        expect(payload.subarray(length)).toEqual(rest);
      }),
    );
  });

  it('of another form, or cut short, is none', () => {
    for (const bytes of [
      [0x80, 1, 2, 3, 4, 5],
      [0xb5, 1, 2, 3],
      [0xbf, 20, 1, 2, 3, 4],
      [0xb5, 1, 2, 3, 4],
    ]) {
      expect(meshFrameOf(Uint8Array.from(bytes))).toBeUndefined();
    }
  });
});

describe('where a frame goes next (Thread 1.3 §5.9.2)', () => {
  const routes = (hop?: number): StaticRoutes => {
    const made = new StaticRoutes(0x0800, 1, () => false);
    if (hop !== undefined) made.hops.set(0x0c00, [hop, 1]);
    return made;
  };
  const frame = (hopsLeft: number, source = 0x0400): Uint8Array =>
    concat(encode(meshHeader, { hopsLeft, source, destination: 0x0c00 }), Uint8Array.of(0x7a));
  const step = (payload: Uint8Array, table: StaticRoutes, from?: number) =>
    relayStep(payload, meshFrameOf(payload)!, table, from, 0);

  it.each([
    ['on, with a hop left', frame(1), routes(0x0c00), 0x0400, { kind: 'forward', nextHop: 0x0c00 }],
    ['nowhere, without one', frame(0), routes(0x0c00), 0x0400, { kind: 'drop' }],
    ['nowhere, where it began here', frame(5, 0x0800), routes(0x0c00), 0x0400, { kind: 'drop' }],
    ['back to its sender as an error, without a route', frame(5), routes(), 0x0400, { kind: 'unreachable' }],
    ['not back to whom it came from', frame(5), routes(0x0400), 0x0400, { kind: 'drop' }],
  ] as const)('%s', (_, payload, table, from, expected) => {
    expect(step(Uint8Array.from(payload), table, from)).toEqual(expected);
  });
});
