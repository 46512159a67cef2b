import { bytesEqual } from '@selvage/core';
import { sameIp6 } from '../ip6/address/equal.js';
import type { NetworkData } from './network-data.js';

/** A TLV of network data, by what it is. */
export type PrefixTlv = Extract<NetworkData[number], { type: 'prefix' }>;
export type ServiceEntryTlv = Extract<NetworkData[number], { type: 'service' }>;
export type PrefixSubTlv = PrefixTlv['value']['subTlvs'][number];
export type ServerSubTlv = ServiceEntryTlv['value']['subTlvs'][number];

/** Whether two Prefix TLVs are about the same prefix. */
export function samePrefix(
  a: Pick<PrefixTlv['value'], 'domainId' | 'prefix'>,
  b: Pick<PrefixTlv['value'], 'domainId' | 'prefix'>,
): boolean {
  return (
    a.domainId === b.domainId && a.prefix.length === b.prefix.length && sameIp6(a.prefix.address, b.prefix.address)
  );
}

/** Whether two Service TLVs are about the same service. */
export function sameService(
  a: Pick<ServiceEntryTlv['value'], 'enterprise' | 'serviceData'>,
  b: Pick<ServiceEntryTlv['value'], 'enterprise' | 'serviceData'>,
): boolean {
  return a.enterprise === b.enterprise && bytesEqual(a.serviceData, b.serviceData);
}

/** The RLOC16s that a TLV within a prefix or service names. */
export function nodesOf(sub: PrefixSubTlv | ServerSubTlv): readonly number[] {
  switch (sub.type) {
    case 'borderRouter':
    case 'hasRoute':
      return sub.value.map(({ rloc16 }) => rloc16);
    case 'server':
      return [sub.value.rloc16];
    default:
      return [];
  }
}

/** Whether network data names a node. */
export function names(data: NetworkData, rloc16: number): boolean {
  return data.some(
    (tlv) =>
      (tlv.type === 'prefix' || tlv.type === 'service') &&
      tlv.value.subTlvs.some((sub: PrefixSubTlv | ServerSubTlv) => nodesOf(sub).includes(rloc16)),
  );
}

/**
 * Network data with only those entries of prefixes and services whose node passes. What is left of a prefix may be its
 * context alone, and that of a service nothing: neither is taken out here.
 */
export function filterNodes(data: NetworkData, passes: (rloc16: number) => boolean): NetworkData {
  return data.map((tlv) => {
    if (tlv.type === 'prefix') {
      const subTlvs = tlv.value.subTlvs.flatMap((sub) => filterPrefixSub(sub, passes));
      return { ...tlv, value: { ...tlv.value, subTlvs } };
    }
    if (tlv.type !== 'service') return tlv;
    const subTlvs = tlv.value.subTlvs.filter((sub) => nodesOf(sub).every(passes));
    return { ...tlv, value: { ...tlv.value, subTlvs } };
  });
}

function filterPrefixSub(sub: PrefixSubTlv, passes: (rloc16: number) => boolean): PrefixSubTlv[] {
  if (sub.type === 'borderRouter') {
    const value = sub.value.filter(({ rloc16 }) => passes(rloc16));
    return value.length === 0 ? [] : [{ ...sub, value }];
  }
  if (sub.type === 'hasRoute') {
    const value = sub.value.filter(({ rloc16 }) => passes(rloc16));
    return value.length === 0 ? [] : [{ ...sub, value }];
  }
  return [sub];
}

/** Network data of one node, under its RLOC16 of now. */
export function withNode(data: NetworkData, rloc16: number): NetworkData {
  return data.map((tlv) => {
    if (tlv.type === 'prefix') {
      const subTlvs = tlv.value.subTlvs.map((sub): PrefixSubTlv => {
        if (sub.type === 'borderRouter') return { ...sub, value: sub.value.map((entry) => ({ ...entry, rloc16 })) };
        if (sub.type === 'hasRoute') return { ...sub, value: sub.value.map((entry) => ({ ...entry, rloc16 })) };
        return sub;
      });
      return { ...tlv, value: { ...tlv.value, subTlvs } };
    }
    if (tlv.type !== 'service') return tlv;
    const subTlvs = tlv.value.subTlvs.map((sub) =>
      sub.type === 'server' ? { ...sub, value: { ...sub.value, rloc16 } } : sub,
    );
    return { ...tlv, value: { ...tlv.value, subTlvs } };
  });
}
