import type { Instant, PeerAddress } from '@selvage/core';
import type { ServerRequest } from './request.js';
import type { ServerResponse } from './response.js';

/** A request in a handler's hands: what the endpoint's `respond` takes. */
export interface ServerExchange<Address extends PeerAddress = PeerAddress> {
  readonly request: ServerRequest<Address>;
  /** @internal Answers it; nothing to say is silence to a group and 4.04 to a peer. */
  answer(response: ServerResponse | undefined, now: Instant): void;
  /** @internal Says no more than that it came. */
  ignore(): void;
}
