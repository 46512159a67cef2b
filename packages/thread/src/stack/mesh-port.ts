import type { DatagramPort } from '@selvage/core';
import { isMulticast } from '../ip6/address/classes.js';
import type { Ip6Endpoint } from '../ip6/stack/endpoint.js';
import type { UdpPort } from '../ip6/stack/udp-port.js';
import type { PacketInfo } from './packet-info.js';
import type { ThreadNode } from './thread-node.js';

type Receiver = (payload: Uint8Array, from: Ip6Endpoint) => void;
/** Calls the node at the time that it is, and lets begin what it then wants. */
export type RunNode = <T>(action: (node: ThreadNode, now: number) => T) => T;

/**
 * A UDP port of a running node, for CoAP and DTLS as they are. What comes to groups goes to `groups` once somebody listens
 * there, and otherwise to the port's own receiver.
 */
export class MeshPort implements DatagramPort<Ip6Endpoint> {
  readonly groups: DatagramPort<Ip6Endpoint>;
  readonly #port: UdpPort<PacketInfo>;
  readonly #run: RunNode;
  #receiver: Receiver | undefined;
  #groupReceiver: Receiver | undefined;

  constructor(port: UdpPort<PacketInfo>, run: RunNode) {
    this.#port = port;
    this.#run = run;
    port.onArrival(({ payload, from, destination }) => {
      const receiver = (isMulticast(destination) ? this.#groupReceiver : undefined) ?? this.#receiver;
      receiver?.(payload, from);
    });
    this.groups = {
      maximumPayload: port.maximumPayload,
      send: (payload, to) => this.send(payload, to),
      onDatagram: (receiver) => {
        this.#groupReceiver = receiver;
      },
      close: () => {
        this.#groupReceiver = undefined;
      },
    };
  }

  get maximumPayload(): number {
    return this.#port.maximumPayload;
  }

  /** The port's number. */
  get number(): number {
    return this.#port.port;
  }

  /** @throws SelvageError `port-closed`, `payload-too-large` */
  send(payload: Uint8Array, to: Ip6Endpoint): void {
    this.#run(() => this.#port.send(payload, to));
  }

  onDatagram(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  close(): void {
    this.#port.close();
  }
}
