import { bytesEqual, encode } from '@selvage/core';
import { filterNodes, type PrefixSubTlv, type ServerSubTlv } from './entries.js';
import { type NetworkData, networkData } from './network-data.js';

/** Whether network data says the same, in whatever order. */
export function sameEntries(a: NetworkData, b: NetworkData): boolean {
  return bytesEqual(encode(networkData, sorted(a)), encode(networkData, sorted(b)));
}

/** What network data has of one node, without the leader's numbers: as the node would register it. */
export function ownPart(data: NetworkData, rloc16: number): NetworkData {
  return filterNodes(data, (other) => other === rloc16).flatMap((tlv): NetworkData => {
    if (tlv.type === 'prefix') {
      const subTlvs = tlv.value.subTlvs.filter(({ type }) => type === 'borderRouter' || type === 'hasRoute');
      if (subTlvs.length === 0) return [];
      return [{ ...tlv, stable: isStable(subTlvs), value: { ...tlv.value, subTlvs } }];
    }
    if (tlv.type !== 'service' || tlv.value.subTlvs.length === 0) return [];
    return [{ ...tlv, stable: isStable(tlv.value.subTlvs), value: { ...tlv.value, id: 0 } }];
  });
}

function isStable(subTlvs: readonly (PrefixSubTlv | ServerSubTlv)[]): boolean {
  return subTlvs.some(({ stable }) => stable);
}

function sorted(data: NetworkData): NetworkData {
  return data.map(sortedTlv).sort((a, b) => compareBytes(encode(networkData, [a]), encode(networkData, [b])));
}

function sortedTlv(tlv: NetworkData[number]): NetworkData[number] {
  if (tlv.type === 'prefix') {
    const subTlvs = tlv.value.subTlvs.map(sortedSub).sort((a, b) => compareText(keyOf(a), keyOf(b)));
    return { ...tlv, value: { ...tlv.value, subTlvs } };
  }
  if (tlv.type !== 'service') return tlv;
  const subTlvs = [...tlv.value.subTlvs].sort((a, b) => serverOf(a) - serverOf(b));
  return { ...tlv, value: { ...tlv.value, subTlvs } };
}

function sortedSub(sub: PrefixSubTlv): PrefixSubTlv {
  if (sub.type === 'borderRouter') return { ...sub, value: [...sub.value].sort((a, b) => a.rloc16 - b.rloc16) };
  if (sub.type === 'hasRoute') return { ...sub, value: [...sub.value].sort((a, b) => a.rloc16 - b.rloc16) };
  return sub;
}

function keyOf({ type, stable }: PrefixSubTlv): string {
  return `${type} ${stable}`;
}

function serverOf(sub: ServerSubTlv): number {
  return sub.type === 'server' ? sub.value.rloc16 : -1;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
