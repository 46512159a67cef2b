import type { PeerAddress } from '@selvage/core';
import { type Method, methodCodes, type ResponseCode } from '../message/code.js';
import { noBytes } from '../message/message.js';
import { checkOption, type CoapOption } from '../message/option-codec.js';
import { has, inOrder } from '../option/access.js';
import { option } from '../option/registry.js';
import { splitPath } from '../uri/path.js';

/** What a client asks of a server. */
export interface CoapRequest {
  readonly method: Method;
  /** Such as `/oic/res`; percent-encoded where a segment holds what a path may not. `/` by default. */
  readonly path?: string;
  /** The query's arguments, such as `rt=oic.r.doxm`; not encoded. */
  readonly query?: readonly string[];
  /** The Content-Format that is wanted. */
  readonly accept?: number;
  /** The payload's Content-Format. */
  readonly contentFormat?: number;
  /** Further options, in any order. With a Block option of its own the request goes out, and its response comes, as it is. */
  readonly options?: readonly CoapOption[];
  /** Of any length: what does not fit one message goes in blocks. */
  readonly payload?: Uint8Array;
  /** Whether it is sent until it is acknowledged; true by default. */
  readonly confirmable?: boolean;
}

/** How a request is carried out. */
export interface RequestSettings {
  /** When to give up, ms after the request was made; by default as RFC 7252 §4.8.2 has it for each message. */
  readonly timeout?: number;
  /** The longest response to take, bytes; the endpoint's limit by default. */
  readonly maximumBody?: number;
}

/** A server's answer, whole, whatever blocks it came in. */
export interface CoapResponse<Address extends PeerAddress = PeerAddress> {
  readonly code: ResponseCode;
  /** Without those of blocks. */
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
  readonly from: Address;
}

/** A request as code, options and payload. */
export interface PreparedRequest {
  readonly code: number;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
  readonly confirmable: boolean;
  /** Whether the caller deals with blocks itself. */
  readonly raw: boolean;
}

/** @throws SelvageError, fault `caller`, for a path, a format or options that cannot be sent. */
export function prepare(request: CoapRequest): PreparedRequest {
  const { method, path = '', query = [], accept, contentFormat, options = [], payload = noBytes } = request;
  options.forEach(checkOption);
  const all = inOrder([
    ...splitPath(path).map((segment) => option.uriPath.of(segment)),
    ...(contentFormat === undefined ? [] : [option.contentFormat.of(contentFormat)]),
    ...query.map((argument) => option.uriQuery.of(argument)),
    ...(accept === undefined ? [] : [option.accept.of(accept)]),
    ...options,
  ]);
  const raw = has(all, option.block1) || has(all, option.block2);
  return { code: methodCodes[method], options: all, payload, confirmable: request.confirmable ?? true, raw };
}
