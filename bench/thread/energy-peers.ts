/** What a join with ownership transfer and a sleepy day are with the frames of OpenThread and IoTivity-Lite. */
import {
  sumOf,
  awakeUse,
  type EnergyUse,
  noOperations,
  type Operations,
  pollUse,
  supervisionUse,
  times,
  useSince,
  type WorldNode,
} from '@selvage/sim';
import { Ip6Endpoint } from '@selvage/thread';
import { framesOf, transferBlocks, transferDatagrams } from './energy-captures.js';
import { hostOf, joinedPair, type JoinUse, meterOf } from './energy-join.js';

const joining = { capture: '01-native-commissioning', node: 2, partner: 1 } as const;
/** From its first Discovery Request to the acknowledgement of JOIN_ENT's answer; milliseconds of the capture. */
const join = [6515, 11_443] as const;
/** From its Parent Request to the last fragment of the Child ID Response. What the script waited between is left out. */
const attach = [11_717, 12_473] as const;

const sleeping = { capture: '06-mesh', node: 4 } as const;
/** Of the capture: the child is attached, and all that follows an attachment is over. */
const settled = 101_000;
/** How long a sleepy child hears nothing of its parent before it is sent an empty frame, milliseconds. */
const supervisionInterval = 129_000;

/** The port of CoAP over DTLS, at the device. */
const devicePort = 5684;
/** Bytes of payload in one datagram on a mesh. */
const largest = 1232;
const patience = 10_000;

/**
 * OpenThread's joiner, then a device that gets and sends IoTivity-Lite's datagrams one after the other, as soon as the one
 * before has come, over our mesh of the same two nodes: what it takes there without any pause of theirs.
 * @param ours the cryptography of both is that of the same protocols: operations of EC-JPAKE, DTLS and MLE are taken as
 *   ours, but AES by the bytes of their records
 */
export async function peersJoin(seed: string, ours: JoinUse): Promise<JoinUse> {
  const frames = framesOf(joining.capture);
  const part = (span: readonly [number, number], { receiving, asleep }: EnergyUse): EnergyUse => {
    return { ...awakeUse(frames, joining.node, joining.partner, span), receiving, asleep };
  };
  return {
    join: part(join, ours.join),
    attach: part(attach, ours.attach),
    transfer: await peersTransfer(seed, ours.transfer),
  };
}

/**
 * A day with as many polls of OpenThread's sleepy child as it has at this period, and with the supervision of its parent:
 * an empty frame at the first poll later than the interval after the one before (its default, child_supervision.h).
 */
export function peersDay(duration: number, period: number): { readonly use: EnergyUse; readonly seen: number } {
  const seen = pollUse(framesOf(sleeping.capture), sleeping.node, settled);
  const scale = duration / period / seen.polls;
  const supervised = supervisionUse();
  const supervisions = duration / (Math.ceil(supervisionInterval / period) * period);
  const radio = sumOf(times(seen.radio, scale), times(supervised.radio, supervisions));
  const receiving = times(supervised.operations, supervisions);
  return { use: { duration, radio, receiving, asleep: times(seen.operations, scale) }, seen: seen.polls };
}

async function peersTransfer(seed: string, ours: EnergyUse): Promise<EnergyUse> {
  const { world, device, router } = await joinedPair(seed);
  const meter = meterOf(device);
  const sides = { device: sideOf(device, devicePort), tool: sideOf(router) };
  const before = meter.use;
  for (const { from, length } of transferDatagrams()) {
    const [sender, receiver] = from === 'tool' ? [sides.tool, sides.device] : [sides.device, sides.tool];
    // IPv6 over Thread carries no more at once.
    for (let left = length; left > 0; left -= largest) {
      const size = Math.min(left, largest);
      const hasCome = receiver.expect();
      sender.send(size, receiver.endpoint);
      await world.clock.runUntil(hasCome, world.now() + patience);
    }
  }
  const use = useSince(before, meter.use);
  return { ...use, receiving: withRecords(ours.receiving, use.receiving) };
}

/** A port of a node, and how to wait for what comes to it. */
function sideOf(node: WorldNode, port?: number) {
  const { runner, address } = hostOf(node);
  const opened = runner.node.ip.openPort({ address, ...(port !== undefined && { port }) });
  let arrived = 0;
  opened.onDatagram(() => void arrived++);
  return {
    endpoint: new Ip6Endpoint(address, opened.port),
    send: (size: number, to: Ip6Endpoint): void => void runner.run(() => opened.send(new Uint8Array(size), to)),
    expect: (): (() => boolean) => {
      const already = arrived;
      return () => arrived > already;
    },
  };
}

function withRecords(ours: Operations, frames: Operations): Operations {
  return sumOf({ ...ours, aesBlocks: transferBlocks() }, { ...noOperations, aesBlocks: frames.aesBlocks });
}
