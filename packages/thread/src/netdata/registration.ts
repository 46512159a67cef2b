import { type NetworkData } from './network-data.js';
import { type PrefixSubTlv, samePrefix, sameService, type ServerSubTlv } from './entries.js';

/**
 * Whether network data that a node registers is what it may (Thread 1.3 §5.15.6): prefixes and services alone, each once;
 * of each node, in each TLV, one entry, and that its own.
 */
export function isProperRegistration(data: NetworkData, rloc16: number): boolean {
  return data.every((tlv, i) => {
    const others = data.slice(0, i);
    if (tlv.type === 'prefix') {
      const isOnce = !others.some((other) => other.type === 'prefix' && samePrefix(other.value, tlv.value));
      return isOnce && areOwn(tlv.value.subTlvs, rloc16) && hasNoneTwice(tlv.value.subTlvs);
    }
    if (tlv.type === 'service') {
      const isOnce = !others.some((other) => other.type === 'service' && sameService(other.value, tlv.value));
      return isOnce && areOwn(tlv.value.subTlvs, rloc16) && tlv.value.subTlvs.length === 1;
    }
    return false;
  });
}

function areOwn(subTlvs: readonly (PrefixSubTlv | ServerSubTlv)[], rloc16: number): boolean {
  return (
    subTlvs.length > 0 &&
    subTlvs.every((sub) => {
      if (sub.type === 'server') return sub.value.rloc16 === rloc16;
      if (sub.type !== 'borderRouter' && sub.type !== 'hasRoute') return false;
      return sub.value.length === 1 && sub.value[0]?.rloc16 === rloc16;
    })
  );
}

function hasNoneTwice(subTlvs: readonly PrefixSubTlv[]): boolean {
  return new Set(subTlvs.map(({ type }) => type)).size === subTlvs.length;
}
