import { type UdpAddress, udpAddress } from '@selvage/core/node';
import type { GrantedPort } from '@selvage/hardware';
import { Ip6Endpoint, ip6Text, type NodeRunner, parseIp6, sameIp6 } from '@selvage/thread';

/** Bytes of a datagram on a mesh: seven fragments. Of 1232 bytes there would be 13, and one that is lost costs all. */
export const meshPayload = 640;

/** A UDP port of a node. */
export type NodePort = ReturnType<NodeRunner['node']['ip']['openPort']>;

/** What a port of a mesh is made of. */
export interface MeshHostPortParts {
  readonly runner: NodeRunner;
  readonly port: NodePort;
  readonly locals: readonly UdpAddress[];
  /** Hears what is sent to this group alone; 16 bytes. */
  readonly group?: Uint8Array | undefined;
}

/** A UDP port of a node of a mesh, for whoever speaks to addresses as a host has them. */
export class MeshHostPort implements GrantedPort {
  readonly maximumPayload: number;
  readonly locals: readonly UdpAddress[];
  readonly #runner: NodeRunner;
  readonly #port: NodePort;
  #isOpen = true;
  #receiver: (payload: Uint8Array, from: UdpAddress) => void = () => undefined;

  constructor({ runner, port, locals, group }: MeshHostPortParts) {
    this.#runner = runner;
    this.#port = port;
    this.maximumPayload = port.maximumPayload;
    this.locals = locals;
    port.onArrival(({ payload, from, destination }) => {
      if (group !== undefined && !sameIp6(group, destination)) return;
      // The node is at work: what the receiver sends in answer is for its next turn.
      queueMicrotask(() => this.#deliver(payload, from));
    });
  }

  /** The port's number. */
  get number(): number {
    return this.#port.port;
  }

  /** @throws SelvageError `address-invalid` for what is no IPv6 address, and as the node's port */
  send(payload: Uint8Array, to: UdpAddress): void {
    const endpoint = new Ip6Endpoint(parseIp6(to.address), to.port);
    this.#runner.run(() => this.#port.send(payload, endpoint));
  }

  onDatagram(receiver: (payload: Uint8Array, from: UdpAddress) => void): void {
    this.#receiver = receiver;
  }

  close(): void {
    this.#isOpen = false;
    this.#port.close();
  }

  #deliver(payload: Uint8Array, { address, port }: Ip6Endpoint): void {
    // No peer can be answered that says it is at port 0.
    if (this.#isOpen && port !== 0) this.#receiver(payload, udpAddress(ip6Text(address), port));
  }
}
