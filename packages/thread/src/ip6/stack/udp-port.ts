import { type DatagramPort, type Instant, SelvageError } from '@selvage/core';
import { ip6HeaderLength, ip6Mtu } from '../header/ip6-header.js';
import { udpHeaderLength } from '../header/udp.js';
import type { Ip6Endpoint } from './endpoint.js';

/** How a port is opened. */
export interface UdpPortOptions {
  /** 1 to 65535; one of 49152 to 65535 by default. */
  readonly port?: number;
  /** Speaks as this address of ours, and hears what comes to it or to a group; by default each of our addresses. */
  readonly address?: Uint8Array;
  /** 64 by default. */
  readonly hopLimit?: number;
  /** DSCP and ECN of what is sent; 0 by default. */
  readonly trafficClass?: number;
  /**
   * 1232 by default, what a packet of 1280 bytes carries. On a mesh that is 13 fragments, one of which may be lost:
   * whoever can send less at a time states less.
   */
  readonly maximumPayload?: number;
}

/** A datagram with all that is known of how it came. */
export interface UdpArrival<Info> {
  /** The bytes belong to the receiver. */
  readonly payload: Uint8Array;
  readonly from: Ip6Endpoint;
  /** Ours, or a group that we joined. */
  readonly destination: Uint8Array;
  readonly hopLimit: number;
  readonly trafficClass: number;
  /** What the layer below said of it. */
  readonly info: Info;
  readonly at: Instant;
}

/** The most that a datagram carries: what an IPv6 packet of 1280 bytes has room for. */
export const largestUdpPayload = ip6Mtu - ip6HeaderLength - udpHeaderLength;

/** What a port asks of its stack. */
export interface PortWire {
  send(payload: Uint8Array, to: Ip6Endpoint, from?: Uint8Array): void;
  close(): void;
}

/** A UDP port of a node: a datagram port that CoAP and DTLS run on unchanged. */
export class UdpPort<Info = unknown> implements DatagramPort<Ip6Endpoint> {
  readonly port: number;
  /** The address that the port is bound to. */
  readonly address: Uint8Array | undefined;
  readonly maximumPayload: number;
  readonly hopLimit: number;
  readonly trafficClass: number;
  readonly #wire: PortWire;
  #receiver: ((arrival: UdpArrival<Info>) => void) | undefined;
  #open = true;

  constructor(port: number, options: UdpPortOptions, wire: PortWire) {
    const { address, hopLimit = 64, trafficClass = 0, maximumPayload = largestUdpPayload } = options;
    this.port = port;
    this.address = address;
    this.hopLimit = hopLimit;
    this.trafficClass = trafficClass;
    this.maximumPayload = Math.min(maximumPayload, largestUdpPayload);
    this.#wire = wire;
  }

  /**
   * Sends to one node or to a group. Nothing tells whether it arrives; without an address of ours to send from it is
   * dropped and counted.
   * @param from one of our addresses, where the port is bound to none
   * @throws SelvageError `port-closed`, `payload-too-large`
   */
  send(payload: Uint8Array, to: Ip6Endpoint, from?: Uint8Array): void {
    this.#check();
    if (payload.length > this.maximumPayload) {
      throw new SelvageError('payload-too-large', `${payload.length} bytes do not fit one datagram`, {
        details: { length: payload.length, maximumPayload: this.maximumPayload },
      });
    }
    this.#wire.send(payload, to, from);
  }

  onDatagram(receiver: (payload: Uint8Array, from: Ip6Endpoint) => void): void {
    this.onArrival(({ payload, from }) => receiver(payload, from));
  }

  /** As `onDatagram`, with the destination and what the link said: what MLE and TMF judge by. */
  onArrival(receiver: (arrival: UdpArrival<Info>) => void): void {
    this.#check();
    this.#receiver = receiver;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#receiver = undefined;
    this.#wire.close();
  }

  /** Hands a datagram over; false where nobody takes it. The stack's to call. */
  deliver(arrival: UdpArrival<Info>): boolean {
    if (this.#receiver === undefined) return false;
    this.#receiver(arrival);
    return true;
  }

  #check(): void {
    if (!this.#open) throw new SelvageError('port-closed', `the UDP port ${this.port} is closed`);
  }
}
