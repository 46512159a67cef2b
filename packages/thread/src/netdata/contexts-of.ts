import type { LowpanContext } from '../lowpan/contexts.js';
import { ip6Prefix } from '../ip6/address/prefix.js';
import type { NetworkData } from './network-data.js';

/** The contexts of network data, for `ContextTable.setNetworkData`. */
export function contextsOf(data: NetworkData): LowpanContext[] {
  const contexts: LowpanContext[] = [];
  for (const entry of data) {
    if (entry.type !== 'prefix') continue;
    const { prefix, subTlvs } = entry.value;
    for (const sub of subTlvs) {
      if (sub.type !== 'context') continue;
      const { flags, length } = sub.value;
      // A context is as long as it says, and no longer than what it is of.
      if (length > prefix.length) continue;
      contexts.push({ id: flags.id, prefix: ip6Prefix(prefix.address, length), compress: flags.compress });
    }
  }
  return contexts;
}
