import { SelvageError } from '../../errors/error.js';
import type { DatagramPort } from '../../ports.js';
import type { UdpAddress } from '../udp-address.js';
import { UdpPort } from '../udp-port.js';
import type { ChosenInterface, LocalAddress } from './interface.js';
import { bestFor, type Reach } from './reach.js';

interface Socket {
  readonly reach: Reach;
  readonly port: UdpPort;
}

/**
 * One port on every address of an interface: what it sends leaves from the address that suits the receiver, so that the
 * answer comes back to it. What it sends to a group leaves by the interface.
 */
export class InterfacePort implements DatagramPort<UdpAddress> {
  readonly #name: string;
  readonly #sockets: readonly Socket[];

  private constructor(name: string, sockets: readonly Socket[]) {
    this.#name = name;
    this.#sockets = sockets;
  }

  /**
   * Opens it on ports that the system chooses.
   * @param wanted the numbers that it had before, address by address: it gets those that are free
   * @throws SelvageError `access-denied`, `address-invalid`, `port-failed`.
   */
  static async open({ name, addresses }: ChosenInterface, wanted: readonly number[] = []): Promise<InterfacePort> {
    const sockets: Socket[] = [];
    try {
      for (const [at, own] of addresses.entries())
        sockets.push({ reach: own.reach, port: await socketOn(own, wanted[at]) });
    } catch (error) {
      for (const { port } of sockets) port.close();
      throw error;
    }
    return new InterfacePort(name, sockets);
  }

  get maximumPayload(): number {
    return Math.min(...this.#sockets.map(({ port }) => port.maximumPayload));
  }

  /** The numbers of its ports, address by address. */
  get numbers(): readonly number[] {
    return this.#sockets.map(({ port }) => port.local.port);
  }

  /** Where it is bound, address by address. */
  get locals(): readonly UdpAddress[] {
    return this.#sockets.map(({ port }) => port.local);
  }

  /** Where a peer reaches this port; `undefined` for one of a family that the interface does not have. */
  localFor(peer: UdpAddress): UdpAddress | undefined {
    return this.#socketFor(peer)?.local;
  }

  /** @throws SelvageError `address-invalid` for a family that the interface does not have, and as a UDP port. */
  send(payload: Uint8Array, to: UdpAddress): void {
    const socket = this.#socketFor(to);
    if (socket !== undefined) return socket.send(payload, to);
    throw new SelvageError('address-invalid', `${this.#name} has no address from which ${to.key} is reached`, {
      remedy: 'choose another interface with --interface',
    });
  }

  onDatagram(receiver: (payload: Uint8Array, from: UdpAddress) => void): void {
    for (const { port } of this.#sockets) port.onDatagram(receiver);
  }

  close(): void {
    for (const { port } of this.#sockets) port.close();
  }

  #socketFor(to: UdpAddress): UdpPort | undefined {
    return bestFor(this.#sockets, to)?.port;
  }
}

async function socketOn(own: LocalAddress, wanted = 0): Promise<UdpPort> {
  const { address, groupInterface: multicastInterface } = own;
  try {
    return await UdpPort.bind({ address, port: wanted, multicastInterface });
  } catch (error) {
    if (wanted === 0 || !(error instanceof SelvageError) || error.code !== 'address-in-use') throw error;
    return socketOn(own);
  }
}
