import { decode, type Entropy, FormatError, type Instant, SelvageError } from '@selvage/core';
import { isMulticast, isUnspecified, realmLocalAllForwarders } from '../address/classes.js';
import { sameIp6 } from '../address/equal.js';
import { upperLayerChecksum } from '../header/checksum.js';
import { type Icmp6Message, icmp6Message, unreachableCodes } from '../header/icmp6.js';
import { ip6HeaderLength, ip6Offsets } from '../header/ip6-header.js';
import { nextHeaders } from '../header/next-header.js';
import { udpHeaderLength } from '../header/udp.js';
import { type Ip6Counters, ip6Counters } from './counters.js';
import { Ip6Endpoint } from './endpoint.js';
import { ErrorBudget } from './error-budget.js';
import { OwnAddresses } from './own-addresses.js';
import { emptyPacketOf, icmp6PacketOf, udpPacketOf } from './packet-writer.js';
import { UdpPort, type UdpPortOptions } from './udp-port.js';
import { findUpperLayer } from './upper-layer.js';

/** An ICMPv6 message for whoever listens: an echo reply, or an error about what we sent. */
export interface Icmp6Arrival {
  readonly message: Icmp6Message;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly hopLimit: number;
  readonly at: Instant;
}

/** What an {@link Ip6Stack} is made of. */
export interface Ip6StackOptions {
  /** Takes whole packets down, to the mesh; those to an address of ours come back by `receive`, if anybody wants them. */
  readonly send: (packet: Uint8Array) => void;
  readonly entropy: Entropy;
  /** Whether echo requests are answered; true by default. */
  readonly answersEcho?: boolean;
}

/** An echo request. */
export interface EchoRequest {
  readonly destination: Uint8Array;
  readonly identifier: number;
  readonly sequence: number;
  readonly data: Uint8Array;
  /** Chosen by the destination by default. */
  readonly source?: Uint8Array;
  /** 64 by default. */
  readonly hopLimit?: number;
}

const [firstEphemeral, ephemeralCount] = [49_152, 16_384] as const;
const defaultHopLimit = 64;
/** What an error quotes: the offender's IPv6 header alone, as OpenThread does, and of a closed port the ports behind it. */
const [quotedOfRoute, quotedOfPort] = [ip6HeaderLength, ip6HeaderLength + udpHeaderLength] as const;

/**
 * IPv6 of one node: UDP ports, echo and errors over whatever carries packets (RFC 8200, RFC 768, RFC 4443). It reads no
 * clock and sends through `send` alone. What is wrong with a packet is counted, and the packet dropped.
 *
 * @typeParam Info what the layer below says of a packet, handed to ports with it.
 */
export class Ip6Stack<Info = unknown> {
  readonly addresses = new OwnAddresses();
  readonly counters: Ip6Counters = ip6Counters();
  /** Gets echo replies, and errors about what was sent. */
  onIcmp6: ((arrival: Icmp6Arrival) => void) | undefined;
  /** Told of each destination that somebody says he cannot reach. */
  onUnreachable: ((destination: Uint8Array) => void) | undefined;
  readonly #send: (packet: Uint8Array) => void;
  readonly #entropy: Entropy;
  readonly #answersEcho: boolean;
  readonly #ports = new Map<number, UdpPort<Info>>();
  /** Those of one address whose number another port has for all the others. */
  readonly #bound: UdpPort<Info>[] = [];
  readonly #errors = new ErrorBudget();

  constructor({ send, entropy, answersEcho = true }: Ip6StackOptions) {
    this.#send = send;
    this.#entropy = entropy;
    this.#answersEcho = answersEcho;
  }

  /**
   * Opens a UDP port.
   * @throws SelvageError `address-in-use`, `value-out-of-range`
   */
  openPort(options: UdpPortOptions = {}): UdpPort<Info> {
    const number = options.port ?? this.#ephemeralPort();
    if (!(Number.isInteger(number) && number >= 1 && number <= 0xffff)) {
      throw new SelvageError('value-out-of-range', `${number} is no UDP port`);
    }
    const { address } = options;
    const other = this.#ports.get(number);
    const isBeside = address !== undefined && other !== undefined && other.address === undefined;
    if ((other !== undefined && !isBeside) || (address && this.#boundTo(number, address))) {
      throw new SelvageError('address-in-use', `the UDP port ${number} is open already`);
    }
    const port = new UdpPort<Info>(number, options, {
      send: (payload, to, from) => this.#sendUdp(port, payload, to, from),
      close: () => {
        if (isBeside) this.#bound.splice(this.#bound.indexOf(port), 1);
        else this.#ports.delete(number);
      },
    });
    if (isBeside) this.#bound.push(port);
    else this.#ports.set(number, port);
    return port;
  }

  #boundTo(number: number, address: Uint8Array): UdpPort<Info> | undefined {
    return this.#bound.find((port) => port.port === number && port.address && sameIp6(port.address, address));
  }

  /** Sends an echo request; its reply comes to `onIcmp6`. False where there is no address to send from. */
  sendEcho({ destination, identifier, sequence, data, source, hopLimit = defaultHopLimit }: EchoRequest): boolean {
    const value = { code: 0, checksum: 0, identifier, sequence, data };
    return this.#sendIcmp6(destination, { type: 'echoRequest', value }, source, hopLimit);
  }

  /** Sends a packet that carries nothing. */
  sendEmpty(destination: Uint8Array, source: Uint8Array): void {
    this.counters.sent++;
    this.#send(emptyPacketOf({ source, destination, hopLimit: defaultHopLimit, trafficClass: 0 }));
  }

  /**
   * Takes a packet that came from the mesh.
   * @param info what ports are told of it
   */
  receive(packet: Uint8Array, now: Instant, info: Info): void {
    if (!isWellFormed(packet)) return void this.counters.malformed++;
    const destination = packet.subarray(ip6Offsets.destination, ip6HeaderLength);
    if (!this.addresses.has(destination)) return void this.counters.notOurs++;
    const upper = findUpperLayer(packet);
    if (upper.kind !== 'found') return void this.counters[upper.kind]++;
    switch (upper.protocol) {
      case nextHeaders.udp:
        return this.#receiveUdp(packet, upper.at, destination, now, info);
      case nextHeaders.icmp6:
        return this.#receiveIcmp6(packet, upper.at, destination, now);
      case nextHeaders.ip6:
        return this.#receiveTunnelled(packet.subarray(upper.at), destination, now, info);
      case nextHeaders.none:
        // The empty packet by which a child that moved takes leave of its old parent: whence it came has been read.
        return;
      default:
        this.counters.unsupported++;
    }
  }

  /**
   * Says that a packet cannot reach its destination; the code is one of `unreachableCodes`. Nothing is said of multicasts
   * and of errors (RFC 4443 §2.4 (e)).
   * @param to who is told, where that is not the packet's source: whoever handed it on to us believing that we know
   */
  sendUnreachable(offender: Uint8Array, code: number, now: Instant, to?: Uint8Array): void {
    const source = offender.subarray(ip6Offsets.source, ip6Offsets.destination);
    if (isMulticast(offender.subarray(ip6Offsets.destination)) || isUnspecified(source) || isError(offender)) return;
    if (!this.#errors.take(now)) return void this.counters.errorsWithheld++;
    const most = code === unreachableCodes.port ? quotedOfPort : quotedOfRoute;
    const quoted = offender.subarray(0, Math.min(most, offender.length));
    const value = { code, checksum: 0, unused: 0, quoted };
    this.#sendIcmp6(to ?? source, { type: 'destinationUnreachable', value }, undefined, defaultHopLimit);
  }

  #receiveUdp(packet: Uint8Array, at: number, destination: Uint8Array, now: Instant, info: Info): void {
    const end = packet.length;
    if (end - at < udpHeaderLength || read16(packet, at + 4) !== end - at) return void this.counters.malformed++;
    if (read16(packet, at + 6) === 0 || upperLayerChecksum(packet, at, end, nextHeaders.udp) !== 0) {
      return void this.counters.wrongChecksum++;
    }
    const number = read16(packet, at + 2);
    const port = this.#boundTo(number, destination) ?? this.#ports.get(number);
    const hears = port !== undefined && (port.address === undefined || this.#hears(port.address, destination));
    const isTaken =
      hears &&
      port.deliver({
        payload: packet.subarray(at + udpHeaderLength),
        // A copy: whoever keeps a peer for long must not keep its packets.
        from: new Ip6Endpoint(packet.slice(ip6Offsets.source, ip6Offsets.destination), read16(packet, at)),
        destination,
        hopLimit: packet[ip6Offsets.hopLimit] as number,
        trafficClass: (read16(packet, 0) >> 4) & 0xff,
        info,
        at: now,
      });
    if (isTaken) return void this.counters.delivered++;
    this.counters.noPort++;
    this.sendUnreachable(packet, unreachableCodes.port, now);
  }

  #hears(bound: Uint8Array, destination: Uint8Array): boolean {
    return isMulticast(destination) || sameIp6(bound, destination);
  }

  #receiveIcmp6(packet: Uint8Array, at: number, destination: Uint8Array, now: Instant): void {
    if (upperLayerChecksum(packet, at, packet.length, nextHeaders.icmp6) !== 0) {
      return void this.counters.wrongChecksum++;
    }
    const message = readMessage(packet.subarray(at));
    if (message === undefined) return void this.counters.malformed++;
    const source = packet.subarray(ip6Offsets.source, ip6Offsets.destination);
    switch (message.type) {
      case 'echoRequest':
        return this.#answerEcho(message, source, destination);
      case 'unknown':
        return void this.counters.unsupported++;
      case 'echoReply':
      case 'destinationUnreachable':
      case 'packetTooBig':
      case 'timeExceeded':
      case 'parameterProblem':
        this.counters.delivered++;
        if (message.type === 'destinationUnreachable' && message.value.quoted.length >= ip6HeaderLength) {
          this.onUnreachable?.(message.value.quoted.subarray(ip6Offsets.destination, ip6HeaderLength));
        }
        this.onIcmp6?.({ message, source, destination, hopLimit: packet[ip6Offsets.hopLimit] as number, at: now });
    }
  }

  /** Answers as whom was asked, but for a group or an anycast address. */
  #answerEcho({ value }: Extract<Icmp6Message, { type: 'echoRequest' }>, to: Uint8Array, asked: Uint8Array): void {
    if (!this.#answersEcho || isUnspecified(to)) return void this.counters.unsupported++;
    this.counters.delivered++;
    const own = this.addresses.find(asked);
    const source = own === undefined || own.kind === 'aloc' ? undefined : own.address;
    this.#sendIcmp6(to, { type: 'echoReply', value: { ...value, code: 0 } }, source, defaultHopLimit);
  }

  /** A multicast beyond the realm comes inside one to all forwarders (RFC 7731 §5.1); nothing else is tunnelled to us. */
  #receiveTunnelled(inner: Uint8Array, outer: Uint8Array, now: Instant, info: Info): void {
    const isMulticastInside = inner.length >= ip6HeaderLength && isMulticast(inner.subarray(ip6Offsets.destination));
    const isOpened = sameIp6(outer, realmLocalAllForwarders) && isMulticastInside;
    // To all forwarders again would be a tunnel inside the tunnel.
    const isTwice = isOpened && sameIp6(inner.subarray(ip6Offsets.destination), realmLocalAllForwarders);
    if (!isOpened || isTwice) return void this.counters.unsupported++;
    this.receive(inner, now, info);
  }

  #sendUdp(port: UdpPort<Info>, payload: Uint8Array, to: Ip6Endpoint, from: Uint8Array | undefined): void {
    const source = port.address ?? from ?? this.addresses.sourceFor(to.address);
    if (source === undefined) return void this.counters.noSource++;
    const { hopLimit, trafficClass } = port;
    const head = { source, destination: to.address, hopLimit, trafficClass };
    this.counters.sent++;
    this.#send(udpPacketOf(head, port.port, to.port, payload));
  }

  #sendIcmp6(
    destination: Uint8Array,
    message: Icmp6Message,
    wanted: Uint8Array | undefined,
    hopLimit: number,
  ): boolean {
    const source = wanted ?? this.addresses.sourceFor(destination);
    if (source === undefined) {
      this.counters.noSource++;
      return false;
    }
    this.counters.sent++;
    this.#send(icmp6PacketOf({ source, destination, hopLimit, trafficClass: 0 }, message));
    return true;
  }

  #ephemeralPort(): number {
    const random = new Uint8Array(2);
    this.#entropy.fill(random);
    const start = read16(random, 0) % ephemeralCount;
    for (let i = 0; i < ephemeralCount; i++) {
      const port = firstEphemeral + ((start + i) % ephemeralCount);
      if (!this.#ports.has(port)) return port;
    }
    throw new SelvageError('address-in-use', 'every UDP port is open');
  }
}

/** Version, length, and a source that is somebody's. */
function isWellFormed(packet: Uint8Array): boolean {
  return (
    packet.length >= ip6HeaderLength &&
    (packet[0] as number) >> 4 === 6 &&
    read16(packet, ip6Offsets.payloadLength) === packet.length - ip6HeaderLength &&
    packet[ip6Offsets.source] !== 0xff
  );
}

/** Whether a packet is an ICMPv6 error, about which nothing is said (RFC 4443 §2.4 (e)). */
function isError(packet: Uint8Array): boolean {
  const upper = findUpperLayer(packet);
  return upper.kind === 'found' && upper.protocol === nextHeaders.icmp6 && (packet[upper.at] ?? 0) < 128;
}

function readMessage(bytes: Uint8Array): Icmp6Message | undefined {
  try {
    return decode(icmp6Message, bytes, 'icmp6');
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

function read16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
