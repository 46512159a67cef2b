import type { Instant } from '@selvage/core';
import type {
  CloseReason,
  DtlsConnection,
  DtlsOutput,
  DtlsSession,
  MessageDescription,
  SignOperation,
} from '../../src/index.js';
import type { ChainVerdict } from '../../src/index.js';

export type Side = 'client' | 'server';

/** What a link does with a datagram: the datagrams to deliver instead, each with a delay in ms. */
export type Link = (payload: Uint8Array, from: Side, now: Instant) => readonly { payload: Uint8Array; delay: number }[];

export interface PairOptions {
  readonly client: DtlsConnection;
  readonly server: DtlsConnection;
  readonly link?: Link;
  /** Answers a key operation; signs with a test key by default through the options' `sign`. */
  readonly sign?: (operation: SignOperation, side: Side) => Uint8Array;
  readonly judge?: (chain: readonly Uint8Array[], side: Side) => ChainVerdict;
  /** Stops when this much virtual time has passed. */
  readonly until?: Instant;
}

/** What became of one side. */
export interface SideOutcome {
  session: DtlsSession | undefined;
  closed: CloseReason | undefined;
  readonly doubts: string[];
  readonly data: Uint8Array[];
  readonly messages: { direction: 'sent' | 'received'; message: MessageDescription }[];
}

interface Arrival {
  readonly at: Instant;
  readonly order: number;
  readonly to: Side;
  readonly payload: Uint8Array;
}

const perfect: Link = (payload) => [{ payload, delay: 1 }];

/** Two connections on a link in virtual time: no socket, no clock, the same every time. */
export class Pair {
  readonly outcome: Record<Side, SideOutcome> = { client: newOutcome(), server: newOutcome() };
  now: Instant = 0;
  readonly sent: { from: Side; payload: Uint8Array }[] = [];
  readonly #options: PairOptions;
  readonly #link: Link;
  #arrivals: Arrival[] = [];
  #order = 0;

  constructor(options: PairOptions) {
    this.#options = options;
    this.#link = options.link ?? perfect;
  }

  connection(side: Side): DtlsConnection {
    return this.#options[side];
  }

  /** Runs until nothing is left to do, or until the time given. */
  run(until: Instant = this.#options.until ?? 600_000): this {
    for (;;) {
      this.#drain('client');
      this.#drain('server');
      const next = this.#nextTime();
      if (next === undefined || next > until) break;
      this.now = Math.max(this.now, next);
      this.#deliverDue();
    }
    this.now = Math.max(this.now, Math.min(until, this.#nextTime() ?? this.now));
    return this;
  }

  /** Puts a datagram on its way to a side, as an attacker would. */
  inject(to: Side, payload: Uint8Array, delay = 0): void {
    this.#arrivals.push({ at: this.now + delay, order: this.#order++, to, payload });
  }

  send(from: Side, data: Uint8Array): void {
    this.connection(from).handle({ kind: 'send', data }, this.now);
  }

  close(side: Side): void {
    this.connection(side).handle({ kind: 'close' }, this.now);
  }

  get bothOpen(): boolean {
    return this.outcome.client.session !== undefined && this.outcome.server.session !== undefined;
  }

  #drain(side: Side): void {
    const connection = this.connection(side);
    for (let output = connection.poll(this.now); output !== undefined; output = connection.poll(this.now)) {
      this.#handleOutput(side, output);
    }
  }

  #handleOutput(side: Side, output: DtlsOutput): void {
    const outcome = this.outcome[side];
    switch (output.kind) {
      case 'transmit':
        return this.#transmit(side, output.payload);
      case 'key-operation': {
        const signature = this.#options.sign?.(output.operation, side);
        if (signature === undefined) throw new TypeError('a key operation nobody answers');
        return this.connection(side).handle({ kind: 'key-operation-done', id: output.id, signature }, this.now);
      }
      case 'judge-peer': {
        const verdict = this.#options.judge?.(output.chain, side) ?? { accepted: true };
        return this.connection(side).handle({ kind: 'peer-judged', id: output.id, verdict }, this.now);
      }
      case 'connected':
        outcome.session = output.session;
        return;
      case 'data':
        outcome.data.push(output.data);
        return;
      case 'doubt':
        outcome.doubts.push(output.error.code);
        return;
      case 'message':
        outcome.messages.push(output);
        return;
      case 'closed':
        outcome.closed = output.reason;
    }
  }

  #transmit(from: Side, payload: Uint8Array): void {
    this.sent.push({ from, payload });
    const to = from === 'client' ? 'server' : 'client';
    for (const { payload: arriving, delay } of this.#link(payload, from, this.now)) {
      this.#arrivals.push({ at: this.now + delay, order: this.#order++, to, payload: arriving });
    }
  }

  #nextTime(): Instant | undefined {
    const times = [...this.#arrivals.map(({ at }) => at)];
    for (const side of ['client', 'server'] as const) {
      const { deadline } = this.connection(side);
      if (deadline !== undefined) times.push(deadline);
    }
    return times.length === 0 ? undefined : Math.min(...times);
  }

  #deliverDue(): void {
    const due = this.#arrivals.filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at || a.order - b.order);
    this.#arrivals = this.#arrivals.filter(({ at }) => at > this.now);
    for (const { to, payload } of due) {
      this.connection(to).handle({ kind: 'datagram', payload }, this.now);
      this.#drain(to);
    }
  }
}

function newOutcome(): SideOutcome {
  return { session: undefined, closed: undefined, doubts: [], data: [], messages: [] };
}
