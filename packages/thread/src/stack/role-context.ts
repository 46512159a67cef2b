import type { ChildHost } from '../mle/child/child-host.js';
import type { RouterHost } from '../mle/router/router-host.js';
import type { NodeRole } from './node-role.js';

/** What the roles of a full device change: what the node is. */
export interface RoleContext {
  readonly role: NodeRole;
  readonly host: ChildHost & RouterHost;
  /** The same, for a search that goes on beside what the node is. */
  readonly searchHost: ChildHost & RouterHost;
  become(role: NodeRole): void;
}
