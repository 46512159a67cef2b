import { concat, encode, fromHex } from '@selvage/core';
import { codecSuite, outcomeOf } from '@selvage/core/testing';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { answer, cancel, type Frame, frameCodec, FrameReader, hello } from '../../src/channel/frame.js';

const longest = 1024;
const codec = frameCodec(longest);
const sign: Frame = { service: 1, operation: 4, lane: 0, id: 7, body: Uint8Array.of(1, 2, 3) };

codecSuite<Frame>(
  { describe, it, expect },
  {
    name: 'a frame of a channel',
    codec,
    values: [{ service: 0, operation: 1, lane: 0, id: 0, body: new Uint8Array(0) }],
    vectors: [{ name: 'a request', bytes: '0000000a 01 04 00 00000007 010203', value: sign }],
    generate: (random) => ({
      service: random.below(256),
      operation: random.below(256),
      lane: random.below(4),
      id: random.below(2 ** 32),
      body: random.bytes(random.below(100)),
    }),
  },
);

codecSuite(
  { describe, it, expect },
  {
    name: 'the greeting of a channel',
    codec: hello,
    vectors: [{ name: 'version 1', bytes: '534c5643 0001', value: { magic: 0x534c5643, version: 1 } }],
  },
);

codecSuite(
  { describe, it, expect },
  { name: 'the withdrawal of a request', codec: cancel, values: [{ id: 0 }, { id: 0xffff_ffff }] },
);

codecSuite(
  { describe, it, expect },
  { name: 'an answer', codec: answer, openEnded: true, values: [{ status: 0, body: fromHex('0102') }] },
);

describe('FrameReader', () => {
  it('gives the same frames however the stream is cut into pieces', () => {
    const frames = Array.from({ length: 40 }, (_, i) => ({ ...sign, id: i, body: new Uint8Array((i * 37) % 300) }));
    const stream = concat(...frames.map((frame) => encode(codec, frame)));
    for (let seed = 0; seed < 50; seed++) {
      const random = new SeededRandom(`pieces ${seed}`);
      const reader = new FrameReader(longest);
      const seen: Frame[] = [];
      for (let at = 0; at < stream.length; ) {
        const end = Math.min(stream.length, at + 1 + random.below(seed < 10 ? 3 : 500));
        reader.read(stream.slice(at, end), (frame) => seen.push(frame) > 0);
        at = end;
      }
      expect(seen).toEqual(frames);
    }
  });

  it('refuses a frame that is too long or too short when its length is here, and not later', () => {
    for (const length of ['00000401', 'ffffffff', '00000006', '00000000']) {
      const reader = new FrameReader(longest);
      expect(outcomeOf(() => reader.read(fromHex(length), () => true))).toBe('length-out-of-range');
    }
  });
});
