import { encode } from '@selvage/core';
import {
  type PrefixSubTlv,
  type PrefixTlv,
  samePrefix,
  sameService,
  type ServerSubTlv,
  type ServiceEntryTlv,
} from './entries.js';
import { longestNetworkData, type NetworkData, networkData } from './network-data.js';

/** Context numbers 1 to 15 and service numbers 0 to 15 (Thread 1.3 §5.18.5, §5.18.6). */
const [firstContext, lastContext, lastService] = [1, 15, 15] as const;

/** Network data with a registration's entries, one after the other; what finds no room or no number is left out. */
export function withEntries(data: NetworkData, registration: NetworkData): NetworkData {
  let joined = data;
  for (const tlv of registration) {
    const next = withEntry(joined, tlv);
    if (next !== undefined && encode(networkData, next).length <= longestNetworkData) joined = next;
  }
  return joined;
}

function withEntry(data: NetworkData, tlv: NetworkData[number]): NetworkData | undefined {
  if (tlv.type === 'prefix') return withPrefix(data, tlv);
  return tlv.type === 'service' ? withService(data, tlv) : undefined;
}

function withPrefix(data: NetworkData, tlv: PrefixTlv): NetworkData | undefined {
  const at = data.findIndex((known) => known.type === 'prefix' && samePrefix(known.value, tlv.value));
  const known = data[at];
  let subTlvs: readonly PrefixSubTlv[] = known?.type === 'prefix' ? known.value.subTlvs : [];
  for (const sub of tlv.value.subTlvs) subTlvs = merged(subTlvs, sub);
  const needsContext = subTlvs.some(({ type }) => type === 'borderRouter');
  const numbered = needsContext ? withContext(data, subTlvs, tlv.value.prefix.length) : subTlvs;
  if (numbered === undefined) return undefined;
  const stable = numbered.some((sub) => sub.stable);
  return replaced(data, at, { type: 'prefix', stable, value: { ...tlv.value, subTlvs: numbered } });
}

/** Entries of one stability share one TLV. */
function merged(subTlvs: readonly PrefixSubTlv[], added: PrefixSubTlv): readonly PrefixSubTlv[] {
  const at = subTlvs.findIndex(({ type, stable }) => type === added.type && stable === added.stable);
  const known = subTlvs[at];
  if (known?.type === 'borderRouter' && added.type === 'borderRouter') {
    return subTlvs.with(at, { ...known, value: [...known.value, ...added.value] });
  }
  if (known?.type === 'hasRoute' && added.type === 'hasRoute') {
    return subTlvs.with(at, { ...known, value: [...known.value, ...added.value] });
  }
  const last = subTlvs.findIndex(({ type }) => type === 'context');
  return last < 0 ? [...subTlvs, added] : subTlvs.toSpliced(last, 0, added);
}

/** A prefix that nodes have addresses in is compressed by number, as stable as its border routers. */
function withContext(
  data: NetworkData,
  subTlvs: readonly PrefixSubTlv[],
  length: number,
): readonly PrefixSubTlv[] | undefined {
  const stable = subTlvs.some((sub) => sub.type === 'borderRouter' && sub.stable);
  const at = subTlvs.findIndex(({ type }) => type === 'context');
  const known = subTlvs[at];
  if (known?.type === 'context') {
    const flags = { ...known.value.flags, compress: true };
    return subTlvs.with(at, { type: 'context', stable, value: { ...known.value, flags } });
  }
  const id = freeNumber(contextIds(data), firstContext, lastContext);
  if (id === undefined) return undefined;
  return [...subTlvs, { type: 'context', stable, value: { flags: { compress: true, id, reserved: 0 }, length } }];
}

function withService(data: NetworkData, tlv: ServiceEntryTlv): NetworkData | undefined {
  const at = data.findIndex((known) => known.type === 'service' && sameService(known.value, tlv.value));
  const known = data[at];
  const before: readonly ServerSubTlv[] = known?.type === 'service' ? known.value.subTlvs : [];
  const id = known?.type === 'service' ? known.value.id : freeNumber(serviceIds(data), 0, lastService);
  if (id === undefined) return undefined;
  const subTlvs = [...before, ...tlv.value.subTlvs];
  const stable = subTlvs.some((sub) => sub.stable);
  return replaced(data, at, { type: 'service', stable, value: { ...tlv.value, id, subTlvs } });
}

function replaced(data: NetworkData, at: number, tlv: NetworkData[number]): NetworkData {
  return at < 0 ? [...data, tlv] : data.with(at, tlv);
}

/** The contexts that are given, whether they compress still or not. */
export function contextIds(data: NetworkData): number[] {
  return data.flatMap((tlv) =>
    tlv.type === 'prefix'
      ? tlv.value.subTlvs.flatMap((sub) => (sub.type === 'context' ? [sub.value.flags.id] : []))
      : [],
  );
}

function serviceIds(data: NetworkData): number[] {
  return data.flatMap((tlv) => (tlv.type === 'service' ? [tlv.value.id] : []));
}

function freeNumber(taken: readonly number[], first: number, last: number): number | undefined {
  for (let id = first; id <= last; id++) if (!taken.includes(id)) return id;
  return undefined;
}
