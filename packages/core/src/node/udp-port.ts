import { type RemoteInfo, type Socket, createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { SelvageError } from '../errors/error.js';
import type { DatagramPort } from '../ports.js';
import { socketError } from './socket-error.js';
import { type UdpAddress, fromSocket } from './udp-address.js';

/** Options of {@link UdpPort.bind}. */
export interface UdpPortOptions {
  /** Local address; `127.0.0.1` by default. `::` takes IPv4 and IPv6. */
  readonly address?: string;
  /** Local port; 0, the default, lets the system choose. */
  readonly port?: number;
  /** Bytes of the largest payload; 1232 by default, which IPv6's least MTU of 1280 carries unfragmented. */
  readonly maximumPayload?: number;
  /** Lets several sockets share the port, as multicast groups need. */
  readonly reuseAddress?: boolean;
  /**
   * Multicast groups to join, numeric. On Linux a port bound to the address of a group gets what is sent to that group
   * and nothing else; it is for receiving only.
   */
  readonly groups?: readonly string[];
  /**
   * The interface of the groups, and of what this port sends to a group: the interface's IPv4 address, or `::%eth0` for
   * IPv6; by default the system chooses.
   */
  readonly multicastInterface?: string;
  /**
   * Called for what fails after `send` has returned, and for a socket that broke. `to` is the datagram's receiver.
   * Datagrams may be lost anyway, so nothing else happens then.
   */
  readonly onError?: (error: SelvageError, to?: UdpAddress) => void;
}

const defaultMaximumPayload = 1232;
/** The longest that UDP itself can carry (RFC 768, over IPv4). */
const largestPayload = 65_507;
const mappedPrefix = '::ffff:';

/** A datagram port on a UDP socket, IPv4, IPv6 or both. */
export class UdpPort implements DatagramPort<UdpAddress> {
  readonly maximumPayload: number;
  /** Where the port is bound. */
  readonly local: UdpAddress;
  readonly #socket: Socket;
  readonly #onError: UdpPortOptions['onError'];
  #receiver: ((payload: Uint8Array, from: UdpAddress) => void) | undefined;
  #closed = false;

  private constructor(socket: Socket, options: UdpPortOptions) {
    const { address, port, family } = socket.address();
    this.local = fromSocket(address, port, family === 'IPv6' ? 6 : 4);
    this.maximumPayload = options.maximumPayload ?? defaultMaximumPayload;
    this.#socket = socket;
    this.#onError = options.onError;
    socket.on('message', (payload, from) => this.#take(payload, from));
    socket.on('error', (error) => this.#fail(error));
  }

  /**
   * Opens a socket.
   * @throws SelvageError `address-invalid`, `address-in-use`, `access-denied`, `invalid-argument`, `port-failed`.
   */
  static async bind(options: UdpPortOptions = {}): Promise<UdpPort> {
    const { address = '127.0.0.1', port = 0, maximumPayload = defaultMaximumPayload } = options;
    const family = isIP(address);
    if (family === 0 || !Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new SelvageError('address-invalid', `${address} port ${port} is no UDP address`);
    }
    if (!Number.isInteger(maximumPayload) || maximumPayload < 1 || maximumPayload > largestPayload) {
      throw new SelvageError('invalid-argument', `a datagram of ${maximumPayload} bytes is no possible maximum`);
    }
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      reuseAddr: options.reuseAddress ?? false,
      // Every address is numeric: nothing is ever looked up.
      lookup: (host, _options, found) => found(null, host, isIP(host)),
    });
    await bound(socket, address, port);
    joinGroups(socket, options);
    return new UdpPort(socket, options);
  }

  /**
   * Sends one datagram; what the network refuses later is told to `onError`.
   * @throws SelvageError `port-closed`, `payload-too-large`, `address-invalid`.
   */
  send(payload: Uint8Array, to: UdpAddress): void {
    if (this.#closed) throw new SelvageError('port-closed', 'the UDP port is closed');
    if (payload.length > this.maximumPayload) {
      throw new SelvageError('payload-too-large', `${payload.length} bytes do not fit one datagram`, {
        details: { length: payload.length, maximumPayload: this.maximumPayload },
      });
    }
    // The socket reads the bytes after `send` has returned, and the sender may use its buffer again at once.
    this.#socket.send(new Uint8Array(payload), to.port, this.#target(to), (error) => {
      if (error !== null) this.#fail(error, to);
    });
  }

  onDatagram(receiver: (payload: Uint8Array, from: UdpAddress) => void): void {
    if (this.#closed) throw new SelvageError('port-closed', 'the UDP port is closed');
    this.#receiver = receiver;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#receiver = undefined;
    this.#socket.close();
  }

  /** An IPv4 peer of a socket that takes both families has an IPv4-mapped address there (RFC 4291 §2.5.5.2). */
  #target(to: UdpAddress): string {
    if (to.family === this.local.family) return to.address;
    if (to.family === 4) return mappedPrefix + to.address;
    throw new SelvageError('address-invalid', `an IPv4 port does not reach ${to.key}`, {
      remedy: 'Bind the port to an IPv6 address, such as ::.',
    });
  }

  #take(payload: Buffer, { address, port, family }: RemoteInfo): void {
    if (this.#receiver === undefined) return;
    const isMapped = address.startsWith(mappedPrefix) && address.includes('.');
    const from = isMapped
      ? fromSocket(address.slice(mappedPrefix.length), port, 4)
      : fromSocket(address, port, family === 'IPv6' ? 6 : 4);
    this.#receiver(new Uint8Array(payload.buffer, payload.byteOffset, payload.length), from);
  }

  #fail(error: Error, to?: UdpAddress): void {
    if (this.#closed) return;
    this.#onError?.(socketError(error), to);
  }
}

function joinGroups(socket: Socket, { groups = [], multicastInterface }: UdpPortOptions): void {
  try {
    for (const group of groups) socket.addMembership(group, multicastInterface);
    if (multicastInterface !== undefined) socket.setMulticastInterface(multicastInterface);
  } catch (error) {
    socket.close();
    throw error instanceof Error ? socketError(error) : error;
  }
}

function bound(socket: Socket, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (error: Error): void => {
      socket.close();
      reject(socketError(error));
    };
    socket.once('error', refused);
    socket.bind({ address, port }, () => {
      socket.off('error', refused);
      resolve();
    });
  });
}
