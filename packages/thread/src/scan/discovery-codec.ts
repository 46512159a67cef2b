import { decode, encode, type Entropy, FormatError, type Instant } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { linkLocalAllRouters } from '../ip6/address/classes.js';
import { linkLocalAddress } from '../ip6/address/thread-address.js';
import { ip6HeaderLength, ip6Offsets } from '../ip6/header/ip6-header.js';
import { nextHeaders } from '../ip6/header/next-header.js';
import { udpHeaderLength } from '../ip6/header/udp.js';
import { udpPacketOf } from '../ip6/stack/packet-writer.js';
import { findUpperLayer } from '../ip6/stack/upper-layer.js';
import { Adaptation } from '../lowpan/adaptation.js';
import { broadcast, broadcastPan, extendedAddress, sameExtended } from '../mac/address.js';
import { frameCheckLength, writeFrameCheck } from '../mac/frame/frame-check.js';
import { headerLength, type MacFrame, macFrame } from '../mac/frame/mac-frame.js';
import { payloadRoom } from '../mac/room.js';
import { mleHopLimit, mlePort } from '../mle/mle-datagram.js';
import type { MleMessage } from '../mle/mle-message.js';
import { MleSecurity } from '../mle/security/mle-security.js';

/** A frame that answers a Discovery Request. */
export interface DiscoveryAnswer {
  readonly frame: MacFrame;
  readonly panId: number;
  readonly extended: Uint8Array;
  readonly message: MleMessage;
}

/** Of the protocol: Thread 1.4. */
const version = 5;

/** Writes Discovery Requests and reads their answers: in clear, with no network's keys (Thread 1.3 §4.4.4, §8.4.4). */
export class DiscoveryCodec {
  readonly #own: Uint8Array;
  readonly #adaptation: Adaptation;
  readonly #mle: MleSecurity;

  /** @param own our extended address, which nobody is to know us by later */
  constructor(core: CryptoCore, entropy: Entropy, own: Uint8Array) {
    this.#own = own;
    this.#adaptation = new Adaptation({ entropy, isOurs: () => false });
    const noKeys = { current: undefined as never, keysOf: () => undefined, takeMleCounter: () => undefined };
    this.#mle = new MleSecurity(core, noKeys);
  }

  /** The PSDU of a Discovery Request to whoever is in range. */
  request(sequenceNumber: number, panId: number): Uint8Array {
    const [source, destination] = [linkLocalAddress(this.#own), linkLocalAllRouters];
    const value = { version, joiner: false, reserved: 0 };
    const message: MleMessage = {
      command: 'discoveryRequest',
      tlvs: [{ type: 'discovery', value: [{ type: 'discoveryRequest', value }] }],
    };
    const datagram = this.#mle.seal(message, source, destination) ?? new Uint8Array();
    const head = { source, destination, hopLimit: mleHopLimit, trafficClass: 0 };
    const packet = udpPacketOf(head, mlePort, mlePort, datagram);
    const link = { source: extendedAddress(this.#own), destination: broadcast };
    const protection = { kind: 'none' } as const;
    const room = payloadRoom({ destination: broadcast, source: 'extended', protection, destinationPan: broadcastPan });
    const [payload = new Uint8Array()] = this.#adaptation.send(packet, link, room);
    const body = encode(macFrame, {
      type: 'data',
      version: 2006,
      framePending: false,
      acknowledgementRequest: false,
      panIdCompression: false,
      reserved: 0,
      sequenceNumber,
      destinationPan: broadcastPan,
      sourcePan: panId,
      ...link,
      payload,
    });
    const psdu = new Uint8Array(body.length + frameCheckLength);
    psdu.set(body);
    writeFrameCheck(psdu);
    return psdu;
  }

  /** The sequence number of a frame to us that wants an acknowledgement. */
  acknowledges(frame: MacFrame): number | undefined {
    return frame.acknowledgementRequest && this.#isToUs(frame) ? frame.sequenceNumber : undefined;
  }

  /** @returns undefined for whatever is no frame */
  read(psdu: Uint8Array): MacFrame | undefined {
    return quietly(() => decode(macFrame, psdu.subarray(0, Math.max(psdu.length - frameCheckLength, 0))));
  }

  /** @returns undefined for whatever is no Discovery Response to us */
  answer(psdu: Uint8Array, frame: MacFrame, now: Instant): DiscoveryAnswer | undefined {
    const { source, destination, security, type } = frame;
    const panId = frame.sourcePan ?? frame.destinationPan;
    if (type !== 'data' || security !== undefined || panId === undefined || !this.#isToUs(frame)) return undefined;
    if (source?.kind !== 'extended' || destination === undefined) return undefined;
    const body = psdu.subarray(0, psdu.length - frameCheckLength);
    const payload = body.subarray(headerLength(body.length, frame));
    const arrival = this.#adaptation.receive(payload, { source, destination }, false, now);
    if (arrival?.kind !== 'packet') return undefined;
    const message = this.#messageIn(arrival.packet);
    if (message?.command !== 'discoveryResponse') return undefined;
    return { frame, panId, extended: Uint8Array.from(source.extended), message };
  }

  #messageIn(packet: Uint8Array): MleMessage | undefined {
    const upper = findUpperLayer(packet);
    if (upper.kind !== 'found' || upper.protocol !== nextHeaders.udp || packet.length < upper.at + udpHeaderLength) {
      return undefined;
    }
    if ((((packet[upper.at + 2] as number) << 8) | (packet[upper.at + 3] as number)) !== mlePort) return undefined;
    const source = packet.subarray(ip6Offsets.source, ip6Offsets.destination);
    const destination = packet.subarray(ip6Offsets.destination, ip6HeaderLength);
    const opened = this.#mle.open(packet.subarray(upper.at + udpHeaderLength), source, destination);
    return opened.kind === 'message' ? opened.message : undefined;
  }

  #isToUs({ destination }: MacFrame): boolean {
    return destination?.kind === 'extended' && sameExtended(destination.extended, this.#own);
  }
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
