import { decode, encode, FormatError, type Instant } from '@selvage/core';
import { all, type CoapMessage, coapMessage, methodCodes, option } from '@selvage/coap';
import { hasPrefix, type Ip6Prefix } from '../ip6/address/prefix.js';
import { isLinkLocal, isMulticast } from '../ip6/address/classes.js';
import { Ip6Endpoint } from '../ip6/stack/endpoint.js';
import type { UdpArrival, UdpPort } from '../ip6/stack/udp-port.js';

/** The UDP port of the Thread Management Framework (Thread 1.3 §10.9). */
export const tmfPort = 61_631;

/** A request of the Thread Management Framework. */
export interface TmfRequest {
  /** Without a leading slash: `d/dg`. */
  readonly path: string;
  readonly payload: Uint8Array;
  readonly confirmable: boolean;
  readonly source: Uint8Array;
  readonly multicast: boolean;
}

/** The payload of a 2.04 answer, empty or not; `undefined` for silence. */
export type TmfHandler = (request: TmfRequest, now: Instant) => Uint8Array | undefined;

const emptyToken = new Uint8Array(0);
/** 2.04 Changed. */
const changed = 0x44;

/**
 * The server's side of the Thread Management Framework, and requests that nobody waits for: CoAP POST with TLVs, answered
 * in the acknowledgement. Requests come from the link or the mesh alone (Thread 1.3 §10.9).
 */
export class TmfPort<Info = unknown> {
  readonly #port: UdpPort<Info>;
  readonly #meshLocal: () => Ip6Prefix;
  readonly #handler: TmfHandler;
  #messageId: number;

  constructor(port: UdpPort<Info>, meshLocal: () => Ip6Prefix, handler: TmfHandler, firstMessageId: number) {
    this.#port = port;
    this.#meshLocal = meshLocal;
    this.#handler = handler;
    this.#messageId = firstMessageId;
    port.onArrival((arrival) => this.#arrived(arrival));
  }

  /** Sends a POST; its acknowledgement is not waited for. */
  post(path: string, payload: Uint8Array, to: Uint8Array, confirmable: boolean): void {
    this.#messageId = (this.#messageId + 1) & 0xffff;
    const options = path.split('/').map((segment) => option.uriPath.of(segment));
    const message: CoapMessage = {
      type: confirmable ? 'CON' : 'NON',
      code: methodCodes.POST,
      messageId: this.#messageId,
      token: Uint8Array.of(this.#messageId >> 8, this.#messageId & 0xff),
      options,
      payload,
    };
    this.#port.send(encode(coapMessage, message), new Ip6Endpoint(to, tmfPort));
  }

  #arrived({ payload: bytes, from, destination, at }: UdpArrival<Info>): void {
    const message = readMessage(bytes);
    if (message === undefined || !this.#isAllowed(from.address)) return;
    const isRequest = message.code === methodCodes.POST && (message.type === 'CON' || message.type === 'NON');
    if (!isRequest) return this.#acknowledge(message, from);
    const path = pathOf(message);
    if (path === undefined) return;
    const confirmable = message.type === 'CON';
    const multicast = isMulticast(destination);
    const answer = this.#handler({ path, payload: message.payload, confirmable, source: from.address, multicast }, at);
    if (answer === undefined || !confirmable) return;
    this.#reply(message, changed, answer, from);
  }

  /** A separate response that is confirmable is acknowledged, so that it is not repeated. */
  #acknowledge({ type, messageId }: CoapMessage, to: Ip6Endpoint): void {
    if (type !== 'CON') return;
    const message: CoapMessage = {
      type: 'ACK',
      code: 0,
      messageId,
      token: emptyToken,
      options: [],
      payload: emptyToken,
    };
    this.#port.send(encode(coapMessage, message), to);
  }

  #reply({ messageId, token }: CoapMessage, code: number, payload: Uint8Array, to: Ip6Endpoint): void {
    this.#port.send(encode(coapMessage, { type: 'ACK', code, messageId, token, options: [], payload }), to);
  }

  #isAllowed(source: Uint8Array): boolean {
    return isLinkLocal(source) || hasPrefix(source, this.#meshLocal());
  }
}

/** Undefined for one that is not UTF-8. */
function pathOf({ options }: CoapMessage): string | undefined {
  try {
    return all(options, option.uriPath).join('/');
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

function readMessage(bytes: Uint8Array): CoapMessage | undefined {
  try {
    return decode(coapMessage, bytes, 'tmf');
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
