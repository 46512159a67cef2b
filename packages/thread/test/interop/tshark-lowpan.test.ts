/** What our 6LoWPAN says, as tshark reads it: another's reader of RFC 6282 and RFC 4944. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { concat, decode, encode, FormatError, toHex } from '@selvage/core';
import { SeededEntropy, SeededRandom } from '@selvage/core/virtual';
import { afterAll, expect, it } from 'vitest';
import { prefixText } from '../../src/ip6/address/prefix.js';
import { ip6Text, parseIp6 } from '../../src/ip6/address/text.js';
import { ip6Header } from '../../src/ip6/header/ip6-header.js';
import { udpPacketOf } from '../../src/ip6/stack/packet-writer.js';
import { Adaptation } from '../../src/lowpan/adaptation.js';
import type { LinkPair } from '../../src/lowpan/link-pair.js';
import { compressedPacket } from '../../src/lowpan/packet-codec.js';
import { macFrame } from '../../src/mac/frame/mac-frame.js';
import { writeFrameCheck } from '../../src/mac/frame/frame-check.js';
import { writeAirCapture } from '../support/air-capture.js';
import { contexts, extendeds, forms, meshLocal, networkContexts, shorts } from '../support/compressed-forms.js';
import { packetOf } from '../support/packets.js';
import { describeWith } from '../../../core/test/support/described-with.js';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'selvage-lowpan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An unsecured data frame that carries a payload. */
function frameOf(payload: Uint8Array, { source, destination }: LinkPair, sequenceNumber: number): Uint8Array {
  const body = encode(macFrame, {
    type: 'data',
    version: 2006,
    framePending: false,
    acknowledgementRequest: false,
    panIdCompression: true,
    reserved: 0,
    sequenceNumber: sequenceNumber & 0xff,
    destinationPan: 0xfa70,
    destination,
    source,
    payload,
  });
  const psdu = concat(body, new Uint8Array(2));
  writeFrameCheck(psdu);
  return psdu;
}

async function dissect(frames: readonly Uint8Array[], ...fields: string[]): Promise<string[][]> {
  const path = join(folder, `${fields.length}.pcap`);
  writeAirCapture(
    path,
    frames.map((psdu, index) => ({ at: index, psdu, from: undefined, channel: 15 })),
  );
  const known = [{ id: 0, prefix: meshLocal }, ...networkContexts];
  const { stdout } = await run('tshark', [
    ...['-r', path, '-o', 'wpan.fcs_format:ITU-T CRC-16'],
    ...known.flatMap(({ id, prefix }) => ['-o', `6lowpan.context${id}:${prefixText(prefix)}`]),
    // A first fragment may look like a frame of Zigbee to it.
    ...['--disable-protocol', 'zbee_nwk', '--disable-protocol', 'zbee_nwk_gp'],
    ...['-T', 'fields', '-E', 'occurrence=f', ...fields.flatMap((field) => ['-e', field])],
  ]);
  return stdout
    .split('\n')
    .slice(0, frames.length)
    .map((line) => line.split('\t'));
}

const headerFields = [
  ...['ipv6.src', 'ipv6.dst', 'ipv6.hlim', 'ipv6.nxt', 'ipv6.plen', 'ipv6.tclass', 'ipv6.flow'],
  '_ws.malformed',
];

/** What tshark should read of a packet's header. */
function fieldsOf(packet: Uint8Array): string[] {
  const { source, destination, hopLimit, nextHeader, payloadLength, label } = decode(ip6Header, packet.subarray(0, 40));
  const numbers = [hopLimit, nextHeader, payloadLength, label.trafficClass, label.flowLabel];
  return [ip6Text(source), ip6Text(destination), ...numbers.map(String)];
}

/** What tshark read. */
function readFields(row: readonly string[]): string[] {
  const [source = '', destination = '', hops = '', next = '', length = '', trafficClass, flow, malformed = ''] = row;
  const label = [trafficClass, flow].map((number) => String(Number(number)));
  // What is behind the headers is nobody's protocol in some: only that is malformed.
  return [source, destination, hops, next, length, ...label, /6LoWPAN/.test(malformed) ? malformed : ''];
}

describeWith(['tshark'], 'our 6LoWPAN in tshark', () => {
  it('every form of header is read as the packet that it was', async () => {
    const packets = forms.map(([, packet]) => packetOf(packet));
    const frames = forms.map(([, , link], index) =>
      frameOf(encode(compressedPacket(contexts, link), packets[index] as Uint8Array), link, index),
    );
    const rows = await dissect(frames, ...headerFields);
    const read = rows.map(readFields);
    expect(read).toEqual(packets.map((packet) => [...fieldsOf(packet), '']));
  });

  const seed = 'legal headers';
  it(`1,000 headers of any legal form are read here as there (seed ${seed})`, async () => {
    const random = new SeededRandom(seed);
    const links = [shorts, extendeds];
    const cases: { readonly packet: Uint8Array; readonly frame: Uint8Array }[] = [];
    while (cases.length < 1000) {
      const link = links[random.below(links.length)] as LinkPair;
      // Dispatch and form at random, contexts that may be known, then what the form asks for, and a payload.
      const bits = 0x6000 | random.below(0x2000);
      const contextIds = (bits & 0x80) === 0 ? [] : [(random.below(6) << 4) | random.below(6)];
      const payload = concat(Uint8Array.of(bits >> 8, bits & 0xff, ...contextIds), random.bytes(60));
      try {
        const packet = decode(compressedPacket(contexts, link), payload);
        cases.push({ packet, frame: frameOf(payload, link, cases.length) });
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
    }
    const rows = await dissect(
      cases.map(({ frame }) => frame),
      ...headerFields,
    );
    const different = cases.flatMap(({ packet, frame }, index) => {
      const [read, expected] = [readFields(rows[index] ?? []).join(' '), [...fieldsOf(packet), ''].join(' ')];
      return read === expected ? [] : [`${toHex(frame)}: ${read} where ${expected} is ours`];
    });
    expect(different).toEqual([]);
  });

  it('fragments are put together, with a mesh header too', async () => {
    const head = { source: parseIp6('fd4b:167e:c82f:facc::1'), destination: parseIp6('fd4b:167e:c82f:facc::2') };
    const packet = udpPacketOf({ ...head, hopLimit: 64, trafficClass: 0 }, 1000, 2000, new Uint8Array(1232).fill(7));
    const node = new Adaptation({ entropy: new SeededEntropy(1), isOurs: () => true });
    node.contexts.setMeshLocal(meshLocal);
    const mesh = { hopsLeft: 19, source: 0x8c01, destination: 0x6c00 };
    const payloads = [...node.send(packet, shorts, 106), ...node.send(packet, shorts, 106, mesh)];
    const frames = payloads.map((payload, index) => frameOf(payload, shorts, index));
    const rows = await dissect(frames, 'udp.length', '6lowpan.mesh.orig16', '_ws.malformed');
    expect(rows.filter(([length]) => length === '1240').length).toBe(2);
    expect(rows.filter(([, originator]) => originator === '0x8c01').length).toBe(15);
    expect(rows.filter(([, , malformed]) => malformed !== '')).toEqual([]);
  });
});
