import { SelvageError } from '../errors/error.js';
import type { Clock, DatagramPort, PeerAddress } from '../ports.js';
import { type Seed, SeededRandom } from './seeded-random.js';
import { type LinkConditions, planDeliveries } from './conditions.js';

/** What happened to a datagram: it was put on the network, arrived at an open port, or did not. */
export type TapKind = 'sent' | 'delivered' | 'lost';

/** One event that a tap sees. The payload is a copy. */
export interface TapEvent {
  readonly kind: TapKind;
  readonly at: number;
  readonly from: PeerAddress;
  readonly to: PeerAddress;
  readonly payload: Uint8Array;
}

/** Replaces a datagram on its way: by itself, by others, by several or by none. */
export type Tamper = (payload: Uint8Array, from: PeerAddress, to: PeerAddress) => readonly Uint8Array[];

/** Options of {@link VirtualNetwork}; the conditions hold for every pair of ports. */
export interface VirtualNetworkOptions extends LinkConditions {
  readonly clock: Clock;
  /** What loss, duplication and delay are drawn from; 0 by default. */
  readonly seed?: Seed;
  /** Of every port, bytes; 1232 by default (what IPv6's least MTU carries over UDP). */
  readonly maximumPayload?: number;
}

const defaultMaximumPayload = 1232;

/** Datagram ports that reach each other by name, over links that lose, repeat, delay and reorder from a seed. */
export class VirtualNetwork {
  /** What happens to datagrams; may be changed while the world runs. */
  conditions: LinkConditions;
  /** Stands in every link; undefined lets everything pass unchanged. */
  tamper: Tamper | undefined;
  readonly seed: Seed;
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #maximumPayload: number;
  readonly #ports = new Map<string, VirtualPort>();
  readonly #taps = new Set<(event: TapEvent) => void>();

  constructor(options: VirtualNetworkOptions) {
    this.conditions = options;
    this.seed = options.seed ?? 0;
    this.#clock = options.clock;
    this.#random = new SeededRandom(this.seed);
    this.#maximumPayload = options.maximumPayload ?? defaultMaximumPayload;
  }

  /**
   * Opens the port of a name.
   * @throws SelvageError `address-in-use` while another one has it.
   */
  open(key: string, options: { readonly maximumPayload?: number } = {}): VirtualPort {
    if (this.#ports.has(key)) throw new SelvageError('address-in-use', `the port ${key} is open already`);
    const port = new VirtualPort(key, options.maximumPayload ?? this.#maximumPayload, {
      send: (payload, to) => this.#send(payload, port.address, to),
      close: () => this.#ports.delete(key),
    });
    this.#ports.set(key, port);
    return port;
  }

  /** Calls `listener` for every event from now on; returns how to stop it. */
  tap(listener: (event: TapEvent) => void): () => void {
    this.#taps.add(listener);
    return () => this.#taps.delete(listener);
  }

  /** Puts a datagram on the network as if `from` had sent it, past tampering and link conditions: an attacker's. */
  inject(payload: Uint8Array, from: PeerAddress, to: PeerAddress): void {
    this.#deliverAt(this.#clock.now(), new Uint8Array(payload), from, to);
  }

  #send(payload: Uint8Array, from: PeerAddress, to: PeerAddress): void {
    // The sender may use its buffer again as soon as `send` returns.
    const sent = new Uint8Array(payload);
    this.#tell('sent', sent, from, to);
    const passed = this.tamper === undefined ? [sent] : this.tamper(new Uint8Array(sent), from, to);
    for (const datagram of passed) {
      const delays = planDeliveries(this.conditions, this.#random);
      if (delays.length === 0) this.#tell('lost', datagram, from, to);
      for (const delay of delays) this.#deliverAt(this.#clock.now() + delay, datagram, from, to);
    }
  }

  #deliverAt(at: number, payload: Uint8Array, from: PeerAddress, to: PeerAddress): void {
    this.#clock.wakeAt(at, () => {
      const port = this.#ports.get(to.key);
      const receiver = port?.receiver;
      this.#tell(receiver === undefined ? 'lost' : 'delivered', payload, from, to);
      receiver?.(new Uint8Array(payload), from);
    });
  }

  #tell(kind: TapKind, payload: Uint8Array, from: PeerAddress, to: PeerAddress): void {
    for (const listener of this.#taps) {
      listener({ kind, at: this.#clock.now(), from, to, payload: new Uint8Array(payload) });
    }
  }
}

interface Wire {
  send(payload: Uint8Array, to: PeerAddress): void;
  close(): void;
}

/** A port of a {@link VirtualNetwork}. */
export class VirtualPort implements DatagramPort {
  readonly address: PeerAddress;
  readonly maximumPayload: number;
  readonly #wire: Wire;
  #receiver: ((payload: Uint8Array, from: PeerAddress) => void) | undefined;
  #open = true;

  constructor(key: string, maximumPayload: number, wire: Wire) {
    this.address = { key };
    this.maximumPayload = maximumPayload;
    this.#wire = wire;
  }

  /** Who takes what arrives; undefined before `onDatagram` and after `close`. */
  get receiver(): ((payload: Uint8Array, from: PeerAddress) => void) | undefined {
    return this.#receiver;
  }

  /** @throws SelvageError `port-closed`, `payload-too-large`. */
  send(payload: Uint8Array, to: PeerAddress): void {
    if (!this.#open) throw new SelvageError('port-closed', `the port ${this.address.key} is closed`);
    if (payload.length > this.maximumPayload) {
      throw new SelvageError('payload-too-large', `${payload.length} bytes do not fit one datagram`, {
        details: { length: payload.length, maximumPayload: this.maximumPayload },
      });
    }
    this.#wire.send(payload, to);
  }

  onDatagram(receiver: (payload: Uint8Array, from: PeerAddress) => void): void {
    if (!this.#open) throw new SelvageError('port-closed', `the port ${this.address.key} is closed`);
    this.#receiver = receiver;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#receiver = undefined;
    this.#wire.close();
  }
}
