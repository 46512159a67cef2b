import type { CryptoCore } from '@selvage/crypto';
import { sameIp6 } from '../ip6/address/equal.js';
import { stableAddress } from '../ip6/address/slaac.js';
import type { OwnAddress } from '../ip6/stack/own-addresses.js';
import type { NetworkData } from '../netdata/network-data.js';

/** Addresses of network data's prefixes that a node has at most. */
const mostAddresses = 4;
const prefixLength = 64;

/**
 * The addresses that a node makes itself in the prefixes of network data (Thread 1.3 §5.2.2.3): of 64 bits, for which a
 * border router says SLAAC, and that are no domain prefix.
 * @param secret 32 bytes
 * @param givenUp addresses that turned out to be somebody else's
 */
export function onMeshAddresses(
  core: CryptoCore,
  data: NetworkData,
  secret: Uint8Array,
  givenUp: readonly Uint8Array[] = [],
): OwnAddress[] {
  const addresses: OwnAddress[] = [];
  for (const entry of data) {
    if (entry.type !== 'prefix' || entry.value.prefix.length !== prefixLength) continue;
    const routers = entry.value.subTlvs.flatMap((sub) => (sub.type === 'borderRouter' ? sub.value : []));
    const offers = routers.filter(({ flags }) => flags.slaac && !flags.domainPrefix);
    if (offers.length === 0) continue;
    const deprecated = !offers.some(({ flags }) => flags.preferred);
    let attempt = 0;
    let address = stableAddress(core, entry.value.prefix, secret);
    while (givenUp.some((other) => sameIp6(other, address))) {
      address = stableAddress(core, entry.value.prefix, secret, ++attempt);
    }
    addresses.push({ kind: 'on-mesh', address, deprecated });
  }
  return addresses.slice(0, mostAddresses);
}
