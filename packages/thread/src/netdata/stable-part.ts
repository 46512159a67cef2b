import { anycastLocators } from '../ip6/address/thread-address.js';
import type { PrefixSubTlv, PrefixTlv, ServiceEntryTlv } from './entries.js';
import type { NetworkData } from './network-data.js';

/** Stands for any border router: who it is may change without the stable part changing. */
const anyBorderRouter = 0xfffe;

/**
 * The part of network data that a sleepy child gets (Thread 1.3 §5.18): what is stable, and of nodes only what does not
 * change when another takes their place.
 */
export function stablePart(data: NetworkData): NetworkData {
  return data
    .filter(({ stable }) => stable)
    .map((tlv) => {
      if (tlv.type === 'prefix') return stablePrefix(tlv);
      return tlv.type === 'service' ? stableService(tlv) : tlv;
    });
}

function stablePrefix(tlv: PrefixTlv): PrefixTlv {
  const stable = tlv.value.subTlvs.filter((sub) => sub.stable);
  const context = stable.find((sub) => sub.type === 'context');
  const agent = context?.type === 'context' ? anycastLocators.dhcpAgent(context.value.flags.id) : anyBorderRouter;
  return { ...tlv, value: { ...tlv.value, subTlvs: stable.map((sub) => anonymous(sub, agent)) } };
}

function anonymous(sub: PrefixSubTlv, agent: number): PrefixSubTlv {
  if (sub.type === 'hasRoute') {
    return { ...sub, value: sub.value.map((entry) => ({ ...entry, rloc16: anyBorderRouter })) };
  }
  if (sub.type !== 'borderRouter') return sub;
  const value = sub.value.map((entry) => ({
    ...entry,
    rloc16: entry.flags.dhcp || entry.flags.configure ? agent : anyBorderRouter,
  }));
  return { ...sub, value };
}

function stableService(tlv: ServiceEntryTlv): ServiceEntryTlv {
  const rloc16 = anycastLocators.service(tlv.value.id);
  const subTlvs = tlv.value.subTlvs
    .filter((sub) => sub.stable)
    .map((sub) => (sub.type === 'server' ? { ...sub, value: { ...sub.value, rloc16 } } : sub));
  return { ...tlv, value: { ...tlv.value, subTlvs } };
}
