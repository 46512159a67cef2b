/** What OpenThread's and IoTivity-Lite's devices sent and heard, from the captures that the tests hold. */
import { readFileSync } from 'node:fs';
import { fromHex } from '@selvage/core';
import { type CapturedFrame, ccmBlocks } from '@selvage/sim';

/** A datagram of a captured ownership transfer. */
export interface SeenDatagram {
  readonly from: 'tool' | 'device';
  readonly length: number;
}

const repository = new URL('../../../', import.meta.url);

/** Frames of a capture in `packages/thread/test/vectors/captures`. */
export function framesOf(capture: string): CapturedFrame[] {
  const file = new URL(`packages/thread/test/vectors/captures/${capture}.json`, repository);
  const { frames } = JSON.parse(readFileSync(file, 'utf8')) as { readonly frames: [number, number, number, string][] };
  return frames.map(([at, node, , psdu]) => ({ at, node, psdu: fromHex(psdu) }));
}

/** Bytes of the exchange on doxm in the clear before the handshake: frames 1 to 4 of the packet capture. */
const plainLengths = [33, 203, 50, 12];

/** Datagrams of IoTivity-Lite's ownership transfer by manufacturer certificate, in their order. */
export function transferDatagrams(): SeenDatagram[] {
  const secured = dtlsDatagrams();
  const [first] = secured;
  return [
    ...plainLengths.map((length, i) => ({ from: i % 2 === 0 ? ('tool' as const) : ('device' as const), length })),
    ...secured.map(({ from, payload }) => {
      return { from: from === first?.from ? ('tool' as const) : ('device' as const), length: payload.length };
    }),
  ];
}

/** Blocks of AES in the records of that transfer which are sealed: AES-128-CCM-8, each with its nonce of 8 bytes. */
export function transferBlocks(): number {
  return dtlsDatagrams().reduce((sum, { payload }) => sum + recordBlocks(payload), 0);
}

/** As the tests of DTLS hold them. */
function dtlsDatagrams(): { readonly from: string; readonly payload: Uint8Array }[] {
  const file = new URL('packages/dtls/test/vectors/captures/ocf-c01-otm-mfg-cert.jsonl', repository);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const events = lines.map((line) => JSON.parse(line) as { kind: string; from: string; payload: string });
  return events
    .filter(({ kind }) => kind === 'datagram')
    .map(({ from, payload }) => ({ from, payload: fromHex(payload) }));
}

const recordHeader = 13;
const [nonceLength, tagLength] = [8, 8] as const;

function recordBlocks(datagram: Uint8Array): number {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length);
  let blocks = 0;
  for (let at = 0; at < datagram.length; ) {
    const epoch = view.getUint16(at + 3);
    const length = view.getUint16(at + 11);
    if (epoch > 0) blocks += ccmBlocks(recordHeader, length - nonceLength - tagLength);
    at += recordHeader + length;
  }
  return blocks;
}
