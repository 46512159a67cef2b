import type { Method } from '@selvage/coap';
import type { CborInput, CborValue } from '@selvage/core';
import type { InterfaceName } from '../interface.js';
import type { Endpoints } from '../link.js';
import type { Change, Outcome } from '../outcome.js';
import type { Query } from '../query.js';
import type { ResourceFacts } from '../resource.js';

/** Who asks, as far as representations depend on it. */
export interface Requester {
  /** Where this requester reaches the device. */
  readonly endpoints: Endpoints;
  /** Whether the request came over a secured connection. */
  readonly secured: boolean;
  /** Whether security resources are offered unsecured now. */
  readonly openSecurity: boolean;
  /** Whether the requester may do that with another resource of the device: what a batch shows depends on it. */
  allows(resource: ResourceFacts, method: Method): boolean;
}

/** One resource with its state. The interface is one that the resource has. */
export interface Served {
  readonly facts: ResourceFacts;
  /** The representation; the same bytes again as long as nothing has changed. */
  retrieve(name: InterfaceName, query: Query, requester: Requester): Outcome;
  /** The representation as a value, for batches; `pending` values count as made. */
  represent(name: InterfaceName, query: Query, requester: Requester, pending?: Change['values']): CborInput;
  /** What an update would change. Without it the resource has no such method. */
  update?(name: InterfaceName, value: CborValue, query: Query, requester: Requester): Outcome;
  /** Makes a change. */
  apply?(values: Change['values']): void;
}
