/** Captures 01-07 of OpenThread's nodes as a listener reads them, and as Wireshark does what the listener writes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concat, PcapngWriter, pcapngLinkTypes, Secret } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { AirReader, parsePrefix, type SeenFrame, tapPacket, wiresharkProfile } from '@selvage/thread';
import { afterAll, describe, expect, it } from 'vitest';
import { type Capture, captures } from '../support/captures.js';
import { describeWith } from '../../../core/test/support/described-with.js';
import { dissect, writeProfile } from '../support/tshark.js';

const folder = mkdtempSync(join(tmpdir(), 'selvage-sniff-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function keysOf({ networkKeys, keks }: Capture) {
  return { networkKeys: networkKeys.map((key) => Secret.of(key)), joinerKeys: keks.map((key) => Secret.of(key)) };
}

function read(capture: Capture): { readonly reader: AirReader; readonly seen: SeenFrame[] } {
  const meshLocalPrefix = parsePrefix(capture.meshLocalPrefix);
  const reader = new AirReader({ core: nativeCore, ...keysOf(capture), meshLocalPrefix });
  const seen = capture.frames.map(({ psdu, milliseconds }) => reader.read(psdu, milliseconds));
  return { reader, seen };
}

describe('captures 01-07 as a listener with their keys reads them', () => {
  it.each(captures().map((capture) => [capture.name, capture] as const))('%s: opens every frame', (_, capture) => {
    const { seen } = read(capture);
    const sealed = seen.flatMap((one, index) =>
      one.link === 'sealed' || one.mle?.openness === 'sealed' || one.type === 'malformed' ? [[index + 1, one]] : [],
    );
    expect(sealed).toEqual([]);
    const unread = seen.flatMap(({ detail }, index) =>
      /cannot be read|dispatch/.test(detail) ? [[index + 1, detail]] : [],
    );
    expect(unread).toEqual([]);
  });

  it('are sealed to one without', () => {
    const [capture] = captures();
    const reader = new AirReader({ core: nativeCore, networkKeys: [] });
    const seen = capture!.frames.map(({ psdu, milliseconds }) => reader.read(psdu, milliseconds));
    expect(seen.filter(({ link }) => link === 'opened')).toEqual([]);
    expect(seen.filter(({ mle }) => mle?.openness === 'opened')).toEqual([]);
    expect(seen.some(({ mle }) => mle?.message?.command === 'discoveryRequest')).toBe(true);
  });
});

describeWith(['tshark'], 'the same in Wireshark, with the profile that is left beside the file', () => {
  it.each(captures().map((capture) => [capture.name, capture] as const))(
    '%s: nothing malformed, nothing undecrypted',
    async (name, capture) => {
      const { reader } = read(capture);
      const { meshLocalPrefix, frames } = capture;
      const profile = writeProfile(
        join(folder, `${name}.wireshark`),
        wiresharkProfile({ ...keysOf(capture), shorts: reader.shorts, meshLocalPrefix }),
      );
      const path = join(folder, `${name}.pcapng`);
      const parts: Uint8Array[] = [];
      const writer = new PcapngWriter((bytes) => parts.push(bytes), {
        application: 'selvage',
        interfaces: [{ linkType: pcapngLinkTypes.ieee802154Tap, name: 'ether' }],
      });
      for (const { psdu, channel, milliseconds } of frames) {
        writer.packet(tapPacket({ psdu, channel, rssi: -20 }), 1_700_000_000_000 + milliseconds);
      }
      writeFileSync(path, concat(...parts));
      const rows = await dissect(
        path,
        profile,
        'frame.number',
        'wpan.fcs_ok',
        'wpan-tap.ch_num',
        '_ws.malformed',
        '_ws.expert.message',
      );
      expect(rows.length).toBe(frames.length);
      expect(rows.filter(([, check]) => check !== '1' && check !== 'True')).toEqual([]);
      expect(rows.map(([, , channel]) => Number(channel))).toEqual(frames.map(({ channel }) => channel));
      expect(rows.filter(([, , , malformed]) => malformed !== '')).toEqual([]);
      expect(rows.filter(([, , , , message]) => /decrypt|MIC|key/i.test(message ?? ''))).toEqual([]);
    },
  );

  it('without the profile most of it stays sealed', async () => {
    const rows = await dissect(
      join(folder, '01-native-commissioning.pcapng'),
      writeProfile(join(folder, 'empty'), []),
      '_ws.expert.message',
    );
    expect(rows.filter(([message]) => /decrypt|MIC|key/i.test(message ?? '')).length).toBeGreaterThan(40);
  });
});
