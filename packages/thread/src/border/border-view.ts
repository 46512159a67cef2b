import { hasPrefix, type Ip6Prefix } from '../ip6/address/prefix.js';
import { sameIp6 } from '../ip6/address/equal.js';

/** What a border router goes by: which addresses are on which side. */
export interface BorderView {
  /** Never leaves the mesh, and never comes from outside. */
  readonly meshLocal: Ip6Prefix;
  /** Prefixes of network data whose addresses are nodes of the mesh. */
  readonly onMesh: readonly Ip6Prefix[];
  /** Addresses of those prefixes that are the host's. */
  readonly host: readonly Uint8Array[];
}

/** Where an address is. */
export type Side = 'mesh-local' | 'mesh' | 'host';

export function sideOf(address: Uint8Array, { meshLocal, onMesh, host }: BorderView): Side {
  if (hasPrefix(address, meshLocal)) return 'mesh-local';
  for (const own of host) if (sameIp6(own, address)) return 'host';
  for (const prefix of onMesh) if (hasPrefix(address, prefix)) return 'mesh';
  return 'host';
}
