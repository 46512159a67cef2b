import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { decode, encode } from '@selvage/core';
import { DtlsConnection, type DtlsConfiguration, type DtlsEndpoint, type DtlsPeer } from '../../../src/index.js';
import { handshakeMessage } from '../../../src/protocol/handshake.js';
import { type ClientHello, clientHello } from '../../../src/protocol/hello.js';
import { record } from '../../../src/protocol/record.js';
import { signWithTestKey } from '../../support/configurations.js';
import { bodyOf, nameOf, recordsOf } from './wire.js';

export interface CrowdAddress {
  readonly key: string;
}
export type CrowdEndpoint = DtlsEndpoint<CrowdAddress>;

export function addressOf(index: number): CrowdAddress {
  return { key: `198.51.${index >>> 8}.${index & 0xff}:40000` };
}

/** One event of an endpoint, with whom it is about. */
export interface Happening {
  readonly peer: DtlsPeer<CrowdAddress>;
  readonly kind: string;
  readonly data?: Uint8Array;
}

/** Drains an endpoint: what it sends, and what it tells. Its signatures are given at once, its judge takes every chain. */
export function drain(endpoint: CrowdEndpoint, now: number) {
  const sent: { payload: Uint8Array; to: CrowdAddress }[] = [];
  const happenings: Happening[] = [];
  for (let output = endpoint.poll(now); output !== undefined; output = endpoint.poll(now)) {
    if (output.kind === 'transmit') {
      sent.push(output);
      continue;
    }
    const { peer, output: event } = output;
    happenings.push({ peer, kind: event.kind, ...(event.kind === 'data' && { data: event.data }) });
    if (event.kind === 'key-operation') {
      const signature = signWithTestKey(event.operation, 'server');
      endpoint.handle({ kind: 'peer', peer, input: { kind: 'key-operation-done', id: event.id, signature } }, now);
    } else if (event.kind === 'judge-peer') {
      endpoint.handle(
        { kind: 'peer', peer, input: { kind: 'peer-judged', id: event.id, verdict: { accepted: true } } },
        now,
      );
    }
  }
  return { sent, happenings };
}

/** Hands an endpoint one datagram and gives what it sent and told for it. */
export function tell(endpoint: CrowdEndpoint, payload: Uint8Array, from: CrowdAddress, now: number) {
  endpoint.handle({ kind: 'datagram', payload, from }, now);
  return drain(endpoint, now);
}

/** An honest client at an address, without delay or loss. */
export class Guest {
  readonly connection: DtlsConnection;
  readonly endpoint: CrowdEndpoint;
  readonly received: Uint8Array[] = [];
  address: CrowdAddress;
  closed = false;

  constructor(
    endpoint: CrowdEndpoint,
    configuration: DtlsConfiguration,
    address: CrowdAddress,
    now: number,
    connectionId?: Uint8Array,
  ) {
    this.endpoint = endpoint;
    this.address = address;
    this.connection = DtlsConnection.client(configuration, now, { connectionId });
  }

  /** Takes what the client has to send, without sending it. */
  take(now: number): Uint8Array[] {
    const out: Uint8Array[] = [];
    for (let output = this.connection.poll(now); output !== undefined; output = this.connection.poll(now)) {
      if (output.kind === 'transmit') out.push(output.payload);
      if (output.kind === 'data') this.received.push(output.data);
      if (output.kind === 'closed') this.closed = true;
      if (output.kind === 'key-operation') {
        const signature = signWithTestKey(output.operation, 'client');
        this.connection.handle({ kind: 'key-operation-done', id: output.id, signature }, now);
      }
      if (output.kind === 'judge-peer') {
        this.connection.handle({ kind: 'peer-judged', id: output.id, verdict: { accepted: true } }, now);
      }
    }
    return out;
  }

  /** Talks with the endpoint until neither has anything more to say; gives what the endpoint told. */
  talk(now: number): Happening[] {
    const happenings: Happening[] = [];
    for (let sending = this.take(now); sending.length > 0; sending = this.take(now)) {
      for (const payload of sending) happenings.push(...this.send(payload, now));
    }
    return happenings;
  }

  send(payload: Uint8Array, now: number, from = this.address): Happening[] {
    const { sent, happenings } = tell(this.endpoint, payload, from, now);
    for (const answer of sent) {
      if (answer.to.key === this.address.key)
        this.connection.handle({ kind: 'datagram', payload: answer.payload }, now);
    }
    return happenings;
  }

  /** A record of application data, not sent yet. */
  seal(data: Uint8Array, now: number): Uint8Array {
    this.connection.handle({ kind: 'send', data }, now);
    return this.take(now)[0] as Uint8Array;
  }
}

/** The ClientHello of a configuration, to be sent by nobody in particular. */
export function helloOf(configuration: DtlsConfiguration): ClientHello {
  const first = DtlsConnection.client(configuration, 0).poll(0);
  if (first?.kind !== 'transmit') throw new TypeError('a client begins with its ClientHello');
  return decode(clientHello, bodyOf(first.payload));
}

/** A ClientHello as a datagram. */
export function helloDatagram(hello: ClientHello, sequence = hello.cookie.length === 0 ? 0 : 1): Uint8Array {
  const fragment = handshakeMessage('client_hello', sequence, encode(clientHello, hello)).raw;
  return encode(record, { type: 'handshake', version: 0xfefd, epoch: 0, sequence, fragment });
}

/** The cookie that a datagram asks for, if it is a HelloVerifyRequest. */
export function cookieIn(payload: Uint8Array): Uint8Array | undefined {
  const [first] = recordsOf(payload);
  return first !== undefined && nameOf(first) === 'hello_verify_request' ? bodyOf(first).slice(3) : undefined;
}

/** Bytes of heap in use after a collection. */
export function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
