import type { CoapMessage } from '@selvage/coap';
import { ip6HeaderLength, ip6Offsets } from '../../src/ip6/header/ip6-header.js';
import { nextHeaders } from '../../src/ip6/header/next-header.js';
import { pathOf, readMessage } from '../../src/tmf/tmf-message.js';
import { tmfPort } from '../../src/tmf/tmf-port.js';
import { type CapturedPacket, CaptureReader } from './captured-packets.js';
import { captures } from './captures.js';

/** A UDP datagram of a captured mesh. */
export interface CapturedDatagram extends CapturedPacket {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
}

/** A message of management, between two nodes. */
export interface CapturedMessage extends CapturedDatagram {
  readonly message: CoapMessage;
  /** Empty for an answer. */
  readonly path: string;
}

/** The UDP datagrams of a capture of `test/vectors/captures`, MLE left out, in order. */
export function capturedDatagrams(name: string): readonly CapturedDatagram[] {
  const capture = captures().find((each) => each.name === name);
  if (capture === undefined) throw new Error(`there is no capture ${name}`);
  return new CaptureReader(capture).packets.flatMap((captured) => {
    const { packet, mle } = captured;
    if (mle !== undefined || packet[ip6Offsets.nextHeader] !== nextHeaders.udp) return [];
    const read16 = (at: number): number => ((packet[at] as number) << 8) | (packet[at + 1] as number);
    const datagram = {
      source: packet.subarray(ip6Offsets.source, ip6Offsets.destination),
      destination: packet.subarray(ip6Offsets.destination, ip6HeaderLength),
      sourcePort: read16(ip6HeaderLength),
      destinationPort: read16(ip6HeaderLength + 2),
      payload: packet.subarray(ip6HeaderLength + 8),
    };
    return [{ ...captured, ...datagram }];
  });
}

/** The messages of management of a capture, in order. */
export function capturedMessages(name: string): readonly CapturedMessage[] {
  return capturedDatagrams(name).flatMap((datagram) => {
    if (datagram.destinationPort !== tmfPort) return [];
    const message = readMessage(datagram.payload);
    return message === undefined ? [] : [{ ...datagram, message, path: pathOf(message) ?? '' }];
  });
}

/** A request, and the answer that its message ID has. */
export function answerTo(messages: readonly CapturedMessage[], { message, source }: CapturedMessage): CapturedMessage {
  const answer = messages.find(
    (each) =>
      each.message.type === 'ACK' &&
      each.message.messageId === message.messageId &&
      String(each.destination) === String(source),
  );
  if (answer === undefined) throw new Error(`nobody answered ${message.messageId}`);
  return answer;
}
