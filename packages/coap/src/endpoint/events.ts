import type { PeerAddress, SelvageError } from '@selvage/core';
import type { CoapResponse } from '../client/request.js';
import type { ServerExchange } from '../server/exchange.js';
import type { ServerResponse } from '../server/response.js';

/** What an endpoint is told. */
export type CoapInput<Address extends PeerAddress> =
  | {
      readonly kind: 'datagram';
      readonly payload: Uint8Array;
      readonly from: Address;
      /** Whether it was sent to a group; false by default. */
      readonly multicast?: boolean;
    }
  /** The answer to a `request`; undefined is silence to a group, and 4.04 to a peer. */
  | {
      readonly kind: 'respond';
      readonly exchange: ServerExchange<Address>;
      readonly response: ServerResponse | undefined;
    }
  /** A `request` is not answered, as a notification that expects nothing: a Confirmable one is acknowledged, no more. */
  | { readonly kind: 'ignore'; readonly exchange: ServerExchange<Address> }
  /** A resource has changed: its observers are to be told. */
  | { readonly kind: 'changed'; readonly path: string }
  /** An own request, observation or ping is no longer wanted; nothing more is told of it. */
  | { readonly kind: 'cancel'; readonly id: number }
  /** A peer is gone for good, as with the end of its session: all that is kept of it is dropped. */
  | { readonly kind: 'gone'; readonly peer: Address; readonly error: SelvageError };

/** What an endpoint wants done or tells. */
export type CoapOutput<Address extends PeerAddress> =
  | { readonly kind: 'transmit'; readonly payload: Uint8Array; readonly to: Address }
  /** A request is to be served, and answered by `respond`. */
  | { readonly kind: 'request'; readonly exchange: ServerExchange<Address> }
  /** The answer to an own request, one answer to a request to a group, or a state of what is observed. */
  | { readonly kind: 'response'; readonly id: number; readonly response: CoapResponse<Address> }
  /**
   * The last of an own request: to a peer only when it `failed`, to a group when its time is over, of an observation when
   * there will be no more notifications, with the response that says so.
   */
  | {
      readonly kind: 'ended';
      readonly id: number;
      readonly error?: SelvageError;
      readonly response?: CoapResponse<Address>;
    };
