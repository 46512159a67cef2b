import { fromHex, toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { ip6Offsets } from '../../src/ip6/header/ip6-header.js';
import { nextHeaders } from '../../src/ip6/header/next-header.js';
import { mplOf, numberedMulticast, tunnelledMulticast } from '../../src/ip6/multicast/mpl-packet.js';
import { CaptureReader } from '../support/captured-packets.js';
import { captures } from '../support/captures.js';
import { packetOf } from '../support/packets.js';

const packets = captures().flatMap((capture) => new CaptureReader(capture).packets.map(({ packet }) => packet));
const numbered = packets.filter((packet) => mplOf(packet) !== undefined);

describe('multicast by MPL (RFC 7731)', () => {
  it('every multicast of captures 01-07 that is numbered is made again from what it carries', () => {
    let [plain, tunnelled] = [0, 0];
    for (const packet of numbered) {
      const mpl = mplOf(packet)!;
      const behind = packet.subarray(48);
      if (packet[40] === nextHeaders.ip6) {
        tunnelled++;
        const made = tunnelledMulticast(behind, packet.subarray(8, 24), mpl);
        made[ip6Offsets.hopLimit] = packet[ip6Offsets.hopLimit]!;
        expect(toHex(made)).toBe(toHex(packet));
        continue;
      }
      plain++;
      const bare = new Uint8Array([...packet.subarray(0, 40), ...behind]);
      bare[ip6Offsets.nextHeader] = packet[40]!;
      expect(toHex(numberedMulticast(bare, mpl))).toBe(toHex(packet));
    }
    expect([plain, tunnelled]).toEqual([133, 6]);
  });

  it('pads every length of seed to a multiple of 8', () => {
    const packet = packetOf({ source: 'fd00::1', destination: 'ff03::1', nextHeader: 17, payload: fromHex('') });
    for (const length of [0, 2, 8, 16]) {
      const mpl = { isNewest: true, sequence: 7, seed: new Uint8Array(length).fill(1), reserved: 0 };
      const made = numberedMulticast(packet, mpl);
      expect(made.length % 8).toBe(0);
      expect(mplOf(made)).toEqual(mpl);
    }
  });

  it('is not found where it is damaged', () => {
    const [packet] = numbered as [Uint8Array];
    expect(
      mplOf(packetOf({ source: 'fd00::1', destination: 'ff03::1', nextHeader: 0, payload: fromHex('1100') })),
    ).toBe(undefined);
    const damaged = packet.slice();
    damaged[43] = 0x60;
    damaged[44] = 0xc0;
    expect(mplOf(damaged)).toBeUndefined();
    expect(mplOf(packet.subarray(0, 44))).toBeUndefined();
  });
});
