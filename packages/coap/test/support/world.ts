import { decode, encode, type PeerAddress, toHex } from '@selvage/core';
import {
  type LinkConditions,
  SeededEntropy,
  VirtualClock,
  VirtualNetwork,
  type VirtualPort,
} from '@selvage/core/virtual';
import {
  type CoapMessage,
  coapMessage,
  type CoapOption,
  CoapTransport,
  type CoapTransportOptions,
  inOrder,
  methodCodes,
  type Method,
  type MessageType,
  responseCodeNumber,
  type ResponseCode,
} from '../../src/index.js';

export interface WorldOptions extends LinkConditions {
  readonly seed?: number | string;
  readonly maximumPayload?: number;
}

export type Options = Partial<CoapTransportOptions<PeerAddress>> & { readonly maximumPayload?: number };

/** Endpoints on a virtual network in virtual time; a datagram takes 1 ms unless the conditions say otherwise. */
export class World {
  readonly clock = new VirtualClock();
  readonly network: VirtualNetwork;
  readonly seed: number | string;

  constructor(options: WorldOptions = {}) {
    this.seed = options.seed ?? 1;
    this.network = new VirtualNetwork({ delay: 1, ...options, clock: this.clock, seed: this.seed });
  }

  /** An endpoint of ours. */
  endpoint(name: string, options: Options = {}): Endpoint {
    const port = this.network.open(name, options);
    const entropy = new SeededEntropy(`${this.seed}/${name}`);
    const transport = new CoapTransport<PeerAddress>({ port, clock: this.clock, entropy, ...options });
    return Object.assign(transport, { address: port.address });
  }

  /** A peer whose messages a test writes and reads itself. */
  raw(name: string): RawPeer {
    return new RawPeer(this.network.open(name));
  }

  /** Lets time pass, and asynchronous handlers answer meanwhile. */
  pass(milliseconds: number): Promise<void> {
    return this.clock.pass(milliseconds);
  }

  /** What a promise comes to, with as much time as it takes. */
  settle<T>(promise: Promise<T>): Promise<T> {
    return this.clock.outcome(promise);
  }
}

export type Endpoint = CoapTransport<PeerAddress> & { readonly address: PeerAddress };

/** Everything that an endpoint has under way or remembers, in one number. */
export function loadOf({ endpoint }: Endpoint): number {
  return Object.values<number>({ ...endpoint.load }).reduce((sum, count) => sum + count, 0);
}

/** What a test says of a message that it sends; the rest has values that do no harm. */
export interface Sketch {
  readonly type?: MessageType;
  readonly code?: Method | ResponseCode | 'Empty' | number;
  readonly messageId?: number;
  readonly token?: Uint8Array;
  readonly options?: readonly CoapOption[];
  readonly payload?: Uint8Array;
}

/** A peer without an engine. */
export class RawPeer {
  readonly port: VirtualPort;
  readonly received: CoapMessage[] = [];
  #messageId = 1000;

  constructor(port: VirtualPort) {
    this.port = port;
    port.onDatagram((payload) => this.received.push(decode(coapMessage, payload)));
  }

  get address(): PeerAddress {
    return this.port.address;
  }

  /** Sends a message, and returns it as it went. */
  send(to: { readonly address: PeerAddress }, sketch: Sketch): CoapMessage {
    const message = this.draw(sketch);
    this.port.send(encode(coapMessage, message), to.address);
    return message;
  }

  draw(sketch: Sketch): CoapMessage {
    return {
      type: sketch.type ?? 'CON',
      code: codeOf(sketch.code ?? 'GET'),
      messageId: sketch.messageId ?? this.#messageId++,
      token: sketch.token ?? new Uint8Array(0),
      options: inOrder(sketch.options ?? []),
      payload: sketch.payload ?? new Uint8Array(0),
    };
  }

  sendBytes(to: { readonly address: PeerAddress }, bytes: Uint8Array): void {
    this.port.send(bytes, to.address);
  }

  /** What has come since the last call. */
  take(): CoapMessage[] {
    return this.received.splice(0);
  }

  /** The one message that has come since the last call. */
  takeOne(): CoapMessage {
    const messages = this.take();
    if (messages.length !== 1) throw new RangeError(`${messages.length} messages came: ${JSON.stringify(messages)}`);
    return messages[0] as CoapMessage;
  }
}

/** The answers to an Empty message and to a request, as a raw peer would write them. */
export function acknowledging({ messageId, token }: CoapMessage, sketch: Sketch = {}): Sketch {
  const response = sketch.code === undefined ? { code: 'Empty' as const } : { token };
  return { type: 'ACK', messageId, ...response, ...sketch };
}

/** Type, code, token and payload length of a message, in a line. */
export function line({ type, code, token, payload }: CoapMessage): string {
  return [type, `${code >> 5}.${String(code & 31).padStart(2, '0')}`, toHex(token), payload.length].join(' ').trim();
}

function codeOf(code: Method | ResponseCode | 'Empty' | number): number {
  if (typeof code === 'number') return code;
  if (code === 'Empty') return 0;
  return code in methodCodes ? methodCodes[code as Method] : (responseCodeNumber(code as ResponseCode) as number);
}
