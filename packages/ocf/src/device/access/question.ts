import type { DeviceStateName } from '../../security/device-state.js';
import type { ResourceFacts } from '../../model/resource.js';
import type { Uuid } from '../../uuid/uuid.js';
import type { RoleId } from '../state/stored-credential.js';
import type { ResourceOwners } from '../state/durable-state.js';
import type { StoredEntry } from '../state/stored-entry.js';

/** The methods that access depends on. */
export type AccessMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A resource, as far as access depends on it. */
export type AccessedResource = Pick<ResourceFacts, 'path' | 'kind' | 'discoverable' | 'secure'>;

/** How a request came in. */
export type Connection =
  | { readonly kind: 'plain' }
  | {
      readonly kind: 'secured';
      /** Whether it is the onboarding connection. */
      readonly onboarding: boolean;
      /** The device at the other end; `undefined` for somebody anonymous. */
      readonly peer: Uuid | undefined;
      /** Whether the peer showed certificates, for itself and for its roles, or knew a pairwise key. */
      readonly byCertificate: boolean;
      /** What roles the peer has, by its pairwise credential or by certificates that hold now. */
      readonly roles: readonly RoleId[];
    };

/** Everything that an access decision depends on. */
export interface AccessQuestion {
  readonly method: AccessMethod;
  readonly resource: AccessedResource;
  readonly connection: Connection;
  readonly state: DeviceStateName;
  /** Whether there is an onboarding connection. */
  readonly onboardingOpen: boolean;
  readonly rowners: ResourceOwners;
  readonly entries: readonly StoredEntry[];
}

/**
 * Whether a resource configures the device (an OCF "device configuration resource"). The others answer in normal
 * operation only.
 */
export function isConfiguration({ kind }: AccessedResource): boolean {
  return kind === 'core' || kind === 'security';
}
