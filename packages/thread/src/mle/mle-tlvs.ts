import type { MleTlv, MleTlvName, MleTlvValue } from './tlv/mle-tlvs.js';

/** The TLVs of a message by name, each at most once, in the order in which they are written. */
export type MleTlvs = { readonly [N in MleTlvName]?: MleTlvValue<N> };

/** TLVs by name: of repeated ones the first counts, and unknown ones are left out. */
export function tlvsByName(entries: readonly MleTlv[]): MleTlvs {
  const found: Record<string, unknown> = {};
  for (const entry of entries) {
    if (entry.type !== 'unknown' && !(entry.type in found)) found[entry.type] = entry.value;
  }
  return found;
}

/** The TLVs of a message in the order of their names here. */
export function tlvEntries(tlvs: MleTlvs): MleTlv[] {
  return Object.entries(tlvs).map(([type, value]) => ({ type, value }) as MleTlv);
}
