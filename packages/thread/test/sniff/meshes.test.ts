/** Meshes that tests of interop recorded: what each implementation said is read, and ours would have said it in the same bytes. */
import { Secret } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { AirReader, parsePrefix } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { CaptureReader, differences } from '../support/captured-packets.js';
import { type Capture, meshCaptures } from '../support/captures.js';

/** By capture: frames, data frames with something in them (each once), packets, and how many of those came in fragments. */
const expected: Record<string, readonly [frames: number, lowpan: number, packets: number, fragmented: number]> = {
  '01-openthread-merge': [230, 145, 145, 0],
  '02-mixed-line': [360, 173, 93, 40],
};

function unread(capture: Capture): string[] {
  const meshLocalPrefix = parsePrefix(capture.meshLocalPrefix);
  const networkKeys = capture.networkKeys.map((key) => Secret.of(key));
  const reader = new AirReader({ core: nativeCore, networkKeys, meshLocalPrefix });
  return capture.frames.flatMap(({ psdu, milliseconds }, i) => {
    const { link, mle, type, detail } = reader.read(psdu, milliseconds);
    const isClosed = link === 'sealed' || mle?.openness === 'sealed' || type === 'malformed';
    return isClosed || /cannot be read|dispatch/.test(detail) ? [`${i + 1}: ${detail}`] : [];
  });
}

describe('recorded meshes', () => {
  it.each(meshCaptures().map((capture) => [capture.name, capture] as const))(
    '%s: every frame is opened and read',
    (name, capture) => {
      expect(unread(capture)).toEqual([]);
      expect(capture.frames.length).toBe(expected[name]?.[0]);
    },
  );

  it.each(meshCaptures().map((capture) => [capture.name, capture] as const))(
    '%s: packets are put together, and written back byte for byte',
    (name, capture) => {
      const { packets, unfinished } = new CaptureReader(capture);
      expect(packets.flatMap(differences)).toEqual([]);
      const frames = packets.reduce((sum, packet) => sum + packet.frames.length, 0);
      const fragmented = packets.filter((packet) => packet.frames.length > 1).length;
      expect([frames, packets.length, fragmented]).toEqual(expected[name]?.slice(1));
      expect(unfinished).toBe(0);
    },
  );
});
