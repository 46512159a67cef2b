import { SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { type HandshakeFragment, Reassembly, readFragments } from '../../src/handshake/reassembly.js';

const body = Uint8Array.from({ length: 100 }, (_, index) => index);

function fragment(start: number, end: number, changes: Partial<HandshakeFragment> = {}): HandshakeFragment {
  return {
    type: 'certificate',
    length: body.length,
    messageSequence: 0,
    fragmentOffset: start,
    fragmentLength: end - start,
    fragment: body.slice(start, end),
    ...changes,
  };
}

function take(reassembly: Reassembly) {
  const message = reassembly.peek();
  if (message !== undefined) reassembly.advance();
  return message;
}

describe('handshake reassembly (RFC 6347 §4.2.3)', () => {
  it('puts fragments together in any order', () => {
    const reassembly = new Reassembly(1000);
    for (const [start, end] of [
      [60, 100],
      [0, 30],
      [30, 60],
    ] as const) {
      expect(reassembly.peek()).toBeUndefined();
      reassembly.add(fragment(start, end));
    }
    const message = take(reassembly);
    expect(message?.body).toEqual(body);
    expect(message?.raw).toEqual(Uint8Array.of(11, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 100, ...body));
    expect(reassembly.next).toBe(1);
    expect(reassembly.buffered).toBe(0);
  });

  it('takes overlapping and repeated fragments', () => {
    const reassembly = new Reassembly(1000);
    for (const [start, end] of [
      [10, 50],
      [40, 90],
      [10, 50],
      [0, 20],
      [85, 100],
    ] as const) {
      reassembly.add(fragment(start, end));
    }
    expect(take(reassembly)?.body).toEqual(body);
  });

  it('puts any random cut of a message together, seed by seed', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new SeededEntropy(seed);
      const bytes = new Uint8Array(2);
      const reassembly = new Reassembly(1000);
      for (let tries = 0; reassembly.peek() === undefined && tries < 2000; tries++) {
        random.fill(bytes);
        const start = (bytes[0] ?? 0) % 100;
        reassembly.add(fragment(start, Math.min(100, start + 1 + ((bytes[1] ?? 0) % 40))));
      }
      expect(take(reassembly)?.body, `seed ${seed}`).toEqual(body);
    }
  });

  it('hands messages out in order of their sequence', () => {
    const reassembly = new Reassembly(1000);
    reassembly.add(fragment(0, 100, { messageSequence: 1 }));
    expect(reassembly.peek()).toBeUndefined();
    reassembly.add(fragment(0, 100));
    expect([take(reassembly)?.sequence, take(reassembly)?.sequence]).toEqual([0, 1]);
  });

  it('takes an empty message', () => {
    const reassembly = new Reassembly(1000);
    const empty = { type: 'server_hello_done', length: 0, fragmentLength: 0, fragment: new Uint8Array(0) } as const;
    reassembly.add(fragment(0, 0, empty));
    expect(take(reassembly)?.raw).toHaveLength(12);
  });

  it('starts a message afresh when a fragment contradicts it, so that one forgery does not block the real one', () => {
    const reassembly = new Reassembly(1000);
    reassembly.add(fragment(0, 50, { length: 400 }));
    for (const [start, end] of [
      [0, 50],
      [50, 100],
    ] as const)
      reassembly.add(fragment(start, end));
    expect(take(reassembly)?.body).toEqual(body);
  });

  it.each([
    ['a message longer than allowed', { length: 1001 }],
    ['a fragment that reaches past its message', { fragmentOffset: 60, fragment: new Uint8Array(41) }],
    ['a message far ahead', { messageSequence: 16 }],
  ])('refuses %s', (_name, changes) => {
    const reassembly = new Reassembly(1000);
    expect(reassembly.add(fragment(0, 100, changes))).toBe(false);
    expect(reassembly.buffered).toBe(0);
  });

  it('knows messages it handed out', () => {
    const reassembly = new Reassembly(1000);
    reassembly.add(fragment(0, 100));
    take(reassembly);
    expect(reassembly.isOld(fragment(0, 100))).toBe(true);
    expect(reassembly.add(fragment(0, 100))).toBe(false);
  });

  it('holds at most 64 KiB whatever arrives', () => {
    const reassembly = new Reassembly(16_384);
    for (let sequence = 0; sequence < 16; sequence++) {
      reassembly.add(fragment(0, 1, { messageSequence: sequence, length: 16_384 }));
    }
    expect(reassembly.buffered).toBeLessThanOrEqual(65_536);
    for (let start = 0; start < 16_384; start += 2) {
      reassembly.add(fragment(start, start + 1, { length: 16_384, fragment: Uint8Array.of(1) }));
    }
    expect(reassembly.buffered).toBeLessThanOrEqual(65_536);
  });

  it('reads several fragments from one record, and none from a cut one', () => {
    const wire = Uint8Array.of(14, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0);
    expect(readFragments(Uint8Array.of(...wire, ...wire)).map(({ messageSequence }) => messageSequence)).toEqual([
      3, 3,
    ]);
    expect(() => readFragments(wire.subarray(0, 11))).toThrowError(expect.objectContaining({ code: 'truncated' }));
  });
});
