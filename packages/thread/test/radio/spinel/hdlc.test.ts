import { concat, fromHex, toHex } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { HdlcDecoder, hdlcFrame } from '@selvage/thread';
import { describe, expect, it } from 'vitest';

const special = fromHex('7e7d1113f8');

describe('HDLC-lite', () => {
  /** What an ot-rcp says at its start, and what it is asked (OpenThread 5c178c429). */
  it.each([
    ['80060070', '7e80060070ee747e'],
    ['820202', '7e8202023a6f7e'],
  ])('frame %s is %s', (frame, bytes) => {
    expect(toHex(hdlcFrame(fromHex(frame)))).toBe(bytes);
    expect(new HdlcDecoder().take(fromHex(bytes)).map(toHex)).toEqual([frame]);
  });

  it('escapes whatever means something on the way (seed hdlc), and finds frames in whatever pieces', () => {
    const random = new SeededRandom('hdlc');
    const frames = Array.from({ length: 200 }, () => concat(random.bytes(1 + random.below(80)), special));
    const bytes = concat(...frames.map(hdlcFrame));
    expect([0x11, 0x13, 0xf8].some((byte) => bytes.includes(byte))).toBe(false);
    const decoder = new HdlcDecoder();
    const found: string[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = 1 + random.below(50);
      found.push(...decoder.take(bytes.subarray(at, at + length)).map(toHex));
      at += length;
    }
    expect(found).toEqual(frames.map(toHex));
    expect(decoder.counters).toEqual({ damaged: 0, tooLong: 0 });
  });

  it('drops a frame with any bit flipped, cut off at any byte, or endless, and reads the next one', () => {
    const frame = fromHex('8206027e7d00');
    const good = hdlcFrame(frame);
    for (let at = 1; at < good.length - 1; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const bad = Uint8Array.from(good);
        bad[at]! ^= 1 << bit;
        const found = new HdlcDecoder().take(concat(bad, good));
        expect(found.map(toHex).filter((one) => one !== toHex(frame))).toEqual([]);
        expect(found.length).toBeGreaterThanOrEqual(1);
      }
      const cut = new HdlcDecoder();
      expect(cut.take(concat(good.subarray(0, at), good)).map(toHex)).toEqual([toHex(frame)]);
    }
    const flooded = new HdlcDecoder();
    for (let round = 0; round < 100; round++) expect(flooded.take(new Uint8Array(10_000).fill(0x55))).toEqual([]);
    expect(flooded.take(good).map(toHex)).toEqual([toHex(frame)]);
    expect(flooded.counters).toEqual({ damaged: 0, tooLong: 1 });
  });
});
