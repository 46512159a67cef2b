import { describe, expect, it } from 'vitest';
import { nextHeaders } from '../../src/ip6/header/next-header.js';
import { upperLayerChecksum } from '../../src/ip6/header/checksum.js';
import { findUpperLayer } from '../../src/ip6/stack/upper-layer.js';
import { CaptureReader, differences } from '../support/captured-packets.js';
import { captures } from '../support/captures.js';

/** By capture: data frames with something in them (each once), packets, and those of them that came in fragments. */
const expected: Record<string, readonly [frames: number, packets: number, fragmented: number]> = {
  '01-native-commissioning': [98, 69, 12],
  '02-relay-and-wrong-pskd': [196, 119, 21],
  '03-external-commissioner': [100, 80, 7],
  '04-key-rotation': [90, 90, 0],
  '05-pending-dataset': [141, 135, 4],
  '06-mesh': [504, 441, 35],
  '07-router-links': [141, 141, 0],
};

describe('every 6LoWPAN payload of captures 01-07 (OpenThread)', () => {
  for (const capture of captures()) {
    it(`${capture.name}: is decompressed, put together, and written back byte for byte`, () => {
      const { packets, unfinished, counters } = new CaptureReader(capture);
      expect(packets.flatMap(differences)).toEqual([]);
      const frames = packets.reduce((sum, packet) => sum + packet.frames.length, 0);
      const fragmented = packets.filter((packet) => packet.frames.length > 1).length;
      expect([frames, packets.length, fragmented]).toEqual(expected[capture.name]);
      expect([unfinished, ...Object.values<number>({ ...counters })].filter((count) => count !== 0)).toEqual([]);
    });

    it(`${capture.name}: every packet has a right checksum behind its headers`, () => {
      const { packets } = new CaptureReader(capture);
      for (const { packet } of packets) {
        const upper = findUpperLayer(packet);
        if (upper.kind !== 'found') expect(upper).toBe('found');
        else if (upper.protocol === nextHeaders.udp || upper.protocol === nextHeaders.icmp6) {
          expect(upperLayerChecksum(packet, upper.at, packet.length, upper.protocol)).toBe(0);
        } else expect([nextHeaders.ip6, nextHeaders.none]).toContain(upper.protocol);
      }
    });
  }
});
