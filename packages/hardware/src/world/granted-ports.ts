import { type Clock, type Decoded, encode, SelvageError } from '@selvage/core';
import type { Channel } from '../channel/channel.js';
import { Allowance } from './allowance.js';
import { datagram, openedPort, operations, services } from './board-protocol.js';
import type { GrantedPort } from './granted-api.js';
import type { GrantedLimits } from './limits.js';
import type { Refusals } from './refusals.js';

interface OpenPort {
  readonly port: GrantedPort;
  readonly allowance: Allowance;
}

export interface GrantedPortsOptions {
  readonly clock: Clock;
  readonly openPort: (name: string) => Promise<GrantedPort>;
  readonly refusals: Refusals;
  readonly limits: GrantedLimits;
}

/** The board's end of the ports that firmware has open. */
export class GrantedPorts {
  readonly #channel: Channel;
  readonly #options: GrantedPortsOptions;
  readonly #ports = new Map<number, OpenPort>();
  readonly #total: Allowance;
  /** Ports that are being opened count as well. */
  #opening = 0;
  #isClosed = false;
  #dropped = 0;

  constructor(channel: Channel, options: GrantedPortsOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#total = new Allowance(options.limits.totalRate);
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** @throws SelvageError as `openPort`; `too-many-requests` for more ports than allowed */
  async open(name: string): Promise<Uint8Array> {
    const { openPort, limits } = this.#options;
    if (this.#ports.size + this.#opening >= limits.ports) {
      throw new SelvageError('too-many-requests', 'too many ports are open', { details: { ports: limits.ports } });
    }
    this.#opening++;
    try {
      return this.#add(await openPort(name));
    } finally {
      this.#opening--;
    }
  }

  send({ port: number, peer, payload }: Decoded<typeof datagram>): void {
    const open = this.#ports.get(number);
    const now = this.#options.clock.now();
    if (open === undefined) return this.#refuse('no-such-port');
    if (!open.allowance.take(now) || !this.#total.take(now)) return this.#refuse('datagram-rate');
    try {
      open.port.send(payload, peer);
    } catch {
      this.#refuse('datagram-refused');
    }
  }

  closePort(number: number): void {
    const open = this.#ports.get(number);
    if (open === undefined) return this.#refuse('no-such-port');
    this.#ports.delete(number);
    open.port.close();
  }

  close(): void {
    this.#isClosed = true;
    for (const { port } of this.#ports.values()) port.close();
    this.#ports.clear();
  }

  #add(port: GrantedPort): Uint8Array {
    if (this.#isClosed) {
      port.close();
      throw new SelvageError('port-closed', 'the firmware was stopped');
    }
    let number = 1;
    while (this.#ports.has(number)) number++;
    this.#ports.set(number, { port, allowance: new Allowance(this.#options.limits.portRate) });
    port.onDatagram((payload, from) => {
      const body = encode(datagram, { port: number, peer: from, payload });
      // What firmware does not read in time is lost, as on any network.
      if (!this.#channel.notify(services.board, operations.datagram, body)) this.#dropped++;
    });
    const { maximumPayload, locals } = port;
    return encode(openedPort, { port: number, maximumPayload, locals: [...locals] });
  }

  #refuse(kind: 'no-such-port' | 'datagram-rate' | 'datagram-refused'): void {
    this.#options.refusals.add(kind, 'a datagram', this.#options.clock.now());
  }
}
