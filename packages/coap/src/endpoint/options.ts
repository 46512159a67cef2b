import type { Entropy, PeerAddress } from '@selvage/core';
import type { EchoOptions } from '../echo/echo-guard.js';
import type { TransmissionParameters } from '../messaging/parameters.js';
import type { NotificationType } from '../observe/observer.js';
import type { OptionDefinition } from '../option/registry.js';
import type { CoapLimits } from './limits.js';

/** How a CoAP endpoint behaves, whatever it runs on. */
export interface CoapConfiguration {
  /** What tokens, message IDs and waiting times are drawn from. */
  readonly entropy: Entropy;
  readonly parameters?: Partial<TransmissionParameters>;
  readonly limits?: Partial<CoapLimits>;
  /**
   * Critical options beyond Uri-*, Accept and Block that the handler honours, or that responses may carry: a request
   * with any other is answered 4.02 (RFC 7252 §5.4.1).
   */
  readonly understands?: readonly OptionDefinition<unknown>[];
  /** How observers are told; Confirmable by default, so that the last state reaches all who are there. */
  readonly notifications?: NotificationType;
  /** Asks peers to show that they are where, and when, they say (RFC 9175 §2). By default nobody is asked. */
  readonly echo?: EchoOptions;
  /** Whether a request's body that goes in blocks carries a Request-Tag (RFC 9175 §3); true by default. */
  readonly requestTags?: boolean;
  /**
   * Bytes of the tokens of requests, 1 to 8; 8 by default. Fewer are for sessions that protect what is said: without
   * security a token has to be too long to guess (RFC 7252 §5.3.1).
   */
  readonly tokenLength?: number;
}

/** What a `CoapEndpoint` is made of. */
export interface EndpointOptions<Address extends PeerAddress> extends CoapConfiguration {
  /** The largest datagram for a peer, bytes. */
  readonly maximumPayload: number | ((to: Address) => number);
}
