import type { PeerAddress } from '@selvage/core';
import type { Method } from '../message/code.js';
import type { CoapOption } from '../message/option-codec.js';
import { all, first } from '../option/access.js';
import { option } from '../option/registry.js';
import { joinPath } from '../uri/path.js';

/**
 * What a request says about observing, RFC 7641: it wants to, it no longer wants to, or it is not the client's now but
 * served once more because the resource has changed.
 */
export type ObserveIntent = 'register' | 'deregister' | 'notify';

/** A request as its handler sees it: whole, whatever blocks it came in. */
export class ServerRequest<Address extends PeerAddress = PeerAddress> {
  readonly method: Method;
  /** Such as `/oic/res`; percent-encoded where a segment holds what a path may not (RFC 7252 §6.5). */
  readonly path: string;
  /** The query's arguments, decoded. */
  readonly query: readonly string[];
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
  readonly from: Address;
  /** Whether it was sent to a group: then errors stay unsaid (RFC 7252 §8.2). */
  readonly multicast: boolean;
  readonly observe: ObserveIntent | undefined;
  /** Whether it carries an Echo that shows that it was made a moment ago (RFC 9175 §2.3). */
  readonly fresh: boolean;

  /** @throws SelvageError `invalid-value`, fault `peer`, for a path or query that is not UTF-8. */
  constructor(parts: RequestParts<Address>) {
    this.method = parts.method;
    this.options = parts.options;
    this.payload = parts.payload;
    this.from = parts.from;
    this.multicast = parts.multicast;
    this.observe = parts.observe;
    this.fresh = parts.fresh;
    this.path = joinPath(all(parts.options, option.uriPath));
    this.query = all(parts.options, option.uriQuery);
  }

  /** The payload's Content-Format. */
  get contentFormat(): number | undefined {
    return first(this.options, option.contentFormat);
  }

  /** The Content-Format that the client wants. */
  get accept(): number | undefined {
    return first(this.options, option.accept);
  }
}

/** What a {@link ServerRequest} is made of. */
export interface RequestParts<Address extends PeerAddress> {
  readonly method: Method;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
  readonly from: Address;
  readonly multicast: boolean;
  readonly observe: ObserveIntent | undefined;
  readonly fresh: boolean;
}
