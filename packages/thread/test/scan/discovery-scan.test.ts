/** A scan with a router of somebody else's on one of its channels (Thread 1.3 §4.4.4). */
import { decode, encode, fromHex, toHex } from '@selvage/core';
import { FixedEntropy, SeededEntropy } from '@selvage/core/virtual';
import { SeededRandom } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import {
  Adaptation,
  AirReader,
  DiscoveryScan,
  extendedAddress,
  linkLocalAddress,
  macFrame,
  type MleMessage,
  MleSecurity,
  mlePort,
  type ScanOutput,
  udpPacketOf,
  writeFrameCheck,
} from '@selvage/thread';
import { describe, expect, it } from 'vitest';

const router = fromHex('329b79803924b8f4');
const simple = {
  acknowledges: false,
  repeats: false,
  acknowledgementTimeout: 16,
  sensitivity: -100,
  sharesChannel: false,
};
const noKeys = { current: undefined as never, keysOf: () => undefined, takeMleCounter: () => undefined };

function scanOf(channels: readonly number[], radio = simple): DiscoveryScan {
  const entropy = new FixedEntropy(fromHex('0011223344556677aabbcc' + '00'.repeat(64)));
  return new DiscoveryScan({ core: nativeCore, entropy, radio, channels }, 0);
}

function drain(scan: DiscoveryScan, now: number): ScanOutput[] {
  const outputs: ScanOutput[] = [];
  for (let output = scan.poll(now); output !== undefined; output = scan.poll(now)) outputs.push(output);
  return outputs;
}

function sentIn(outputs: readonly ScanOutput[]): Uint8Array[] {
  return outputs.flatMap((one) =>
    one.kind === 'radio' && one.output.kind === 'transmit' ? [one.output.transmission.psdu] : [],
  );
}

/** What a router answers to whoever asks. */
function answer(to: Uint8Array, change: Partial<{ command: MleMessage['command']; name: string }> = {}): Uint8Array {
  const value: Extract<MleMessage['tlvs'][number], { type: 'discovery' }>['value'] = [
    { type: 'discoveryResponse', value: { version: 5, nativeCommissioner: false, reserved: 0 } },
    { type: 'extendedPanId', value: fromHex('c9741032fc4a519a') },
    { type: 'networkName', value: new TextEncoder().encode(change.name ?? 'Loft') },
    { type: 'joinerUdpPort', value: 1000 },
    { type: 'steeringData', value: fromHex('ff') },
  ];
  const message: MleMessage = { command: change.command ?? 'discoveryResponse', tlvs: [{ type: 'discovery', value }] };
  const [source, destination] = [linkLocalAddress(router), linkLocalAddress(to)];
  const datagram = new MleSecurity(nativeCore, noKeys).seal(message, source, destination)!;
  const head = { source, destination, hopLimit: 255, trafficClass: 0 };
  const link = { source: extendedAddress(router), destination: extendedAddress(to) };
  const adaptation = new Adaptation({ entropy: new SeededEntropy('router'), isOurs: () => false });
  const [payload] = adaptation.send(udpPacketOf(head, mlePort, mlePort, datagram), link, 102);
  const body = encode(macFrame, {
    type: 'data',
    version: 2006,
    framePending: false,
    acknowledgementRequest: true,
    panIdCompression: false,
    reserved: 0,
    sequenceNumber: 0x55,
    destinationPan: 0xffff,
    sourcePan: 0x8a63,
    ...link,
    payload: payload!,
  });
  const psdu = new Uint8Array(body.length + 2);
  psdu.set(body);
  writeFrameCheck(psdu);
  return psdu;
}

function ownIn(request: Uint8Array): Uint8Array {
  const { source } = decode(macFrame, request.subarray(0, -2));
  return source?.kind === 'extended' ? source.extended : new Uint8Array(8);
}

const received = (psdu: Uint8Array, at: number, channel = 15) =>
  ({ kind: 'received', frame: { psdu, channel, rssi: -60, at } }) as const;

describe('a scan', () => {
  it('asks once on each channel, 300 ms apart, in clear, and is done', () => {
    const scan = scanOf([11, 15]);
    const reader = new AirReader({ core: nativeCore, networkKeys: [] });
    for (const [now, channel] of [
      [0, 11],
      [300, 15],
    ] as const) {
      const outputs = drain(scan, now);
      expect(outputs.find(({ kind }) => kind === 'channel')).toEqual({ kind: 'channel', channel });
      const [request, ...more] = sentIn(outputs);
      expect(more).toEqual([]);
      expect(reader.read(request!, now)).toMatchObject({ destination: 'all', detail: 'MLE Discovery Request' });
      expect(scan.deadline).toBe(now + 300);
    }
    expect(drain(scan, 600).at(-1)).toEqual({ kind: 'done' });
    expect(scan.deadline).toBeUndefined();
  });

  it('tells each router once, with what it says, and acknowledges it', () => {
    const scan = scanOf([15]);
    const [request] = sentIn(drain(scan, 0));
    const psdu = answer(ownIn(request!));
    scan.handle(received(psdu, 20), 20);
    scan.handle(received(psdu, 25), 25);
    const outputs = drain(scan, 25);
    expect(
      sentIn(outputs)
        .map(toHex)
        .map((hex) => hex.slice(0, 6)),
    ).toEqual(['020055', '020055']);
    expect(outputs.filter(({ kind }) => kind === 'found')).toEqual([
      {
        kind: 'found',
        network: {
          channel: 15,
          panId: 0x8a63,
          extended: router,
          name: 'Loft',
          extendedPanId: fromHex('c9741032fc4a519a'),
          version: 5,
          rssi: -60,
          steeringData: fromHex('ff'),
          joinerPort: 1000,
        },
      },
    ]);
  });

  it('leaves acknowledgements to a radio that makes them, and tells it who we are', () => {
    const scan = scanOf([15], { ...simple, acknowledges: true, sharesChannel: true });
    const outputs = drain(scan, 0);
    expect(outputs[0]).toMatchObject({ kind: 'radio', output: { kind: 'configure' } });
    const [request] = sentIn(outputs);
    scan.handle(received(answer(ownIn(request!)), 20), 20);
    expect(drain(scan, 20).map(({ kind }) => kind)).toEqual(['found']);
  });

  it('believes nothing that is for somebody else, on another channel, or another command; no name moves a terminal', () => {
    const scan = scanOf([15]);
    const [request] = sentIn(drain(scan, 0));
    const own = ownIn(request!);
    scan.handle(received(answer(router), 1), 1);
    scan.handle(received(answer(own), 1, 16), 1);
    scan.handle(received(answer(own, { command: 'discoveryRequest' }), 1), 1);
    expect(drain(scan, 1).filter(({ kind }) => kind === 'found')).toEqual([]);
    scan.handle(received(answer(own, { name: 'a\u001b[2Jb' }), 1), 1);
    expect(drain(scan, 1).find(({ kind }) => kind === 'found')).toMatchObject({ network: { name: 'a\ufffd[2Jb' } });
  });

  it('bears damaged answers (seed scan)', () => {
    const random = new SeededRandom('scan');
    const scan = scanOf([15]);
    const [request] = sentIn(drain(scan, 0));
    const good = answer(ownIn(request!));
    for (let round = 0; round < 2000; round++) {
      const psdu = Uint8Array.from(good).subarray(0, random.below(4) === 0 ? random.below(good.length) : good.length);
      if (psdu.length > 0) psdu[random.below(psdu.length)]! ^= 1 << random.below(8);
      scan.handle(received(psdu, 1), 1);
    }
    drain(scan, 1);
    expect(scan.deadline).toBe(300);
  });

  it('tells when the radio is gone', () => {
    const scan = scanOf([15]);
    drain(scan, 0);
    scan.handle({ kind: 'failed', reason: 'pulled out' }, 1);
    expect([drain(scan, 1), scan.deadline]).toEqual([[{ kind: 'failed', reason: 'pulled out' }], undefined]);
  });
});
