import { anycastLocators } from '../ip6/address/thread-address.js';
import type { PrefixTlv } from './entries.js';
import type { NetworkData } from './network-data.js';

/** The anycast locators that a node has for what it serves (Thread 1.3 §5.2.2.2). */
export function ownAnycasts(data: NetworkData, rloc16: number): number[] {
  return data.flatMap((tlv) => {
    if (tlv.type === 'prefix') return ofPrefix(tlv, rloc16);
    if (tlv.type !== 'service') return [];
    const serves = tlv.value.subTlvs.some((sub) => sub.type === 'server' && sub.value.rloc16 === rloc16);
    return serves ? [anycastLocators.service(tlv.value.id)] : [];
  });
}

function ofPrefix({ value: { subTlvs } }: PrefixTlv, rloc16: number): number[] {
  const context = subTlvs.find((sub) => sub.type === 'context');
  if (context?.type !== 'context') return [];
  const { id } = context.value.flags;
  const own = subTlvs.flatMap((sub) => (sub.type === 'borderRouter' ? sub.value : []));
  return own
    .filter((entry) => entry.rloc16 === rloc16)
    .flatMap(({ flags }) => [
      ...(flags.dhcp ? [anycastLocators.dhcpAgent(id)] : []),
      ...(flags.neighbourDiscoveryDns ? [anycastLocators.neighbourDiscoveryAgent(id)] : []),
    ]);
}
