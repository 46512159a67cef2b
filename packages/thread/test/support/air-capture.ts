import { writeFileSync } from 'node:fs';
import { concat } from '@selvage/core';
import type { AirEvent } from '@selvage/thread';

/** LINKTYPE_IEEE802_15_4_WITHFCS. */
const linkType = 195;

/** Writes frames as a libpcap file (draft-ietf-opsawg-pcap §4 and §5). */
export function writeAirCapture(path: string, events: readonly AirEvent[]): void {
  const head = words(0xa1b2c3d4, 0x0002_0004, 0, 0, 0xffff, linkType);
  const packets = events.flatMap(({ at, psdu }) => [
    words(Math.floor(at / 1000), Math.floor((at % 1000) * 1000), psdu.length, psdu.length),
    psdu,
  ]);
  writeFileSync(path, concat(head, ...packets));
}

function words(...numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  const view = new DataView(bytes.buffer);
  for (const [at, number] of numbers.entries()) view.setUint32(4 * at, number);
  return bytes;
}
