import { type Instant, type PeerAddress, type SelvageError } from '@selvage/core';
import {
  type ChainVerdict,
  DtlsConnection,
  type DtlsConfiguration,
  DtlsEndpoint,
  type DtlsOutput,
  type DtlsPeer,
  type DtlsSession,
  type EndpointOptions,
  type SignOperation,
} from '../../src/index.js';
import type { CloseReason } from '../../src/index.js';
import type { Side } from './pair.js';

/** A datagram on its way: the datagrams to deliver instead, each with a delay in ms. */
export type DuelLink = (payload: Uint8Array, from: Side, now: Instant) => readonly Delivery[];
export interface Delivery {
  readonly payload: Uint8Array;
  readonly delay: number;
}

export interface DuelOptions {
  readonly client: DtlsConfiguration;
  readonly server: DtlsConfiguration;
  readonly link?: DuelLink;
  readonly sign?: (operation: SignOperation, side: Side) => Uint8Array;
  readonly judge?: (chain: readonly Uint8Array[], side: Side) => ChainVerdict;
  /** How long a side's judge takes, in ms. Default 0. */
  readonly judgeDelay?: (side: Side) => number;
  readonly clientConnectionId?: Uint8Array | undefined;
  readonly endpoint?: Omit<EndpointOptions, 'server'>;
}

/** What one connection told, in the words of its events. */
export interface Told {
  session: DtlsSession | undefined;
  keyBlock: Uint8Array | undefined;
  closed: CloseReason | undefined;
  readonly doubts: SelvageError[];
  readonly data: Uint8Array[];
}

export interface ServerTold extends Told {
  readonly peer: DtlsPeer<DuelAddress>;
}

export interface DuelAddress extends PeerAddress {
  readonly key: string;
}

interface Arrival {
  readonly at: Instant;
  readonly order: number;
  readonly happen: () => void;
}

export const clientAddress: DuelAddress = { key: '192.0.2.1:40000' };
const perfect: DuelLink = (payload) => [{ payload, delay: 1 }];

/**
 * One client against a server's endpoint, cookies included, on a link in virtual time. Unlike a `Pair` the server may
 * begin anew with a client whose first attempt went wrong, as a server on a socket does.
 */
export class Duel {
  now: Instant = 0;
  readonly client: DtlsConnection;
  readonly endpoint: DtlsEndpoint<DuelAddress>;
  readonly clientTold: Told = newTold();
  /** One entry a connection that the server began, in order. */
  readonly serverTold: ServerTold[] = [];
  readonly sent: { readonly from: Side; readonly payload: Uint8Array; readonly at: Instant }[] = [];
  readonly #options: DuelOptions;
  readonly #link: DuelLink;
  #arrivals: Arrival[] = [];
  #order = 0;

  constructor(options: DuelOptions) {
    this.#options = options;
    this.#link = options.link ?? perfect;
    this.client = DtlsConnection.client(options.client, 0, { connectionId: options.clientConnectionId });
    this.endpoint = new DtlsEndpoint<DuelAddress>({ ...options.endpoint, server: options.server });
  }

  /** The server's connection that is open, if one is. */
  get serverOpen(): ServerTold | undefined {
    return this.serverTold.find((told) => told.session !== undefined && told.closed === undefined);
  }

  get bothOpen(): boolean {
    return this.client.session !== undefined && this.serverOpen !== undefined;
  }

  /** Runs until `done` says so, until nothing is left to do, or until the time given. */
  run(until: Instant = 600_000, done: () => boolean = () => false): this {
    for (;;) {
      this.#drainClient();
      this.#drainServer();
      const next = this.#nextTime();
      if (done() || next === undefined || next > until) return this;
      this.now = Math.max(this.now, next);
      this.#deliverDue();
    }
  }

  /** Puts a datagram on its way to a side, as an attacker would. */
  inject(to: Side, payload: Uint8Array, delay = 0): void {
    this.#after(delay, () => this.#deliver(to, payload));
  }

  #drainClient(): void {
    for (let output = this.client.poll(this.now); output !== undefined; output = this.client.poll(this.now)) {
      if (output.kind === 'transmit') this.#transmit('client', output.payload);
      else this.#event('client', this.client, this.clientTold, output);
    }
  }

  #drainServer(): void {
    for (let output = this.endpoint.poll(this.now); output !== undefined; output = this.endpoint.poll(this.now)) {
      if (output.kind === 'transmit') {
        this.#transmit('server', output.payload);
        continue;
      }
      const { peer } = output;
      let told = this.serverTold.find((entry) => entry.peer === peer);
      if (told === undefined) this.serverTold.push((told = { ...newTold(), peer }));
      this.#event('server', peer.connection, told, output.output, peer);
    }
  }

  #event(
    side: Side,
    connection: DtlsConnection,
    told: Told,
    output: Exclude<DtlsOutput, { kind: 'transmit' }>,
    peer?: DtlsPeer<DuelAddress>,
  ): void {
    const answer = (input: Parameters<DtlsConnection['handle']>[0]): void => {
      if (peer === undefined) connection.handle(input, this.now);
      else if (input.kind !== 'datagram') this.endpoint.handle({ kind: 'peer', peer, input }, this.now);
    };
    switch (output.kind) {
      case 'key-operation': {
        const signature = this.#options.sign?.(output.operation, side);
        if (signature === undefined) throw new TypeError('a key operation nobody answers');
        return answer({ kind: 'key-operation-done', id: output.id, signature });
      }
      case 'judge-peer':
        return this.#judge(side, output.chain, (verdict) => answer({ kind: 'peer-judged', id: output.id, verdict }));
      case 'connected':
        told.session = output.session;
        told.keyBlock = connection.session === undefined ? undefined : connection.keyBlock();
        return;
      case 'data':
        told.data.push(output.data);
        return;
      case 'doubt':
        told.doubts.push(output.error);
        return;
      case 'closed':
        told.closed = output.reason;
        return;
      case 'message':
        return;
    }
  }

  #transmit(from: Side, payload: Uint8Array): void {
    this.sent.push({ from, payload, at: this.now });
    const to = from === 'client' ? 'server' : 'client';
    for (const { payload: arriving, delay } of this.#link(payload, from, this.now)) this.inject(to, arriving, delay);
  }

  #nextTime(): Instant | undefined {
    let next = Math.min(this.client.deadline ?? Infinity, this.endpoint.deadline ?? Infinity);
    for (const { at } of this.#arrivals) next = Math.min(next, at);
    return next === Infinity ? undefined : next;
  }

  #deliverDue(): void {
    const due = this.#arrivals.filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at || a.order - b.order);
    if (due.length > 0) this.#arrivals = this.#arrivals.filter(({ at }) => at > this.now);
    for (const { happen } of due) happen();
  }

  #deliver(to: Side, payload: Uint8Array): void {
    if (to === 'client') {
      this.client.handle({ kind: 'datagram', payload }, this.now);
      this.#drainClient();
    } else {
      this.endpoint.handle({ kind: 'datagram', payload, from: clientAddress }, this.now);
      this.#drainServer();
    }
  }

  #judge(side: Side, chain: readonly Uint8Array[], answer: (verdict: ChainVerdict) => void): void {
    const verdict = this.#options.judge?.(chain, side) ?? { accepted: true };
    const delay = this.#options.judgeDelay?.(side) ?? 0;
    if (delay === 0) answer(verdict);
    else this.#after(delay, () => answer(verdict));
  }

  #after(delay: number, happen: () => void): void {
    this.#arrivals.push({ at: this.now + delay, order: this.#order++, happen });
  }
}

function newTold(): Told {
  return { session: undefined, keyBlock: undefined, closed: undefined, doubts: [], data: [] };
}
