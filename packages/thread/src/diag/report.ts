import { decode, encode, FormatError, type Tlv, tlv, tlvs } from '@selvage/core';
import { type DiagnosticName, type DiagnosticTlv, diagnosticTlvs, type DiagnosticValue } from './diagnostic-tlvs.js';
import type { ChildAddresses, ChildDetail } from './tlv/child-detail.js';
import type { RouterNeighbourDetail } from './tlv/router-neighbour.js';

/** TLVs that a report has once; those of the question are not in it. */
type Single = Exclude<
  DiagnosticName,
  'typeList' | 'answer' | 'queryId' | 'child' | 'childAddresses' | 'routerNeighbour'
>;

/** What a node said of itself, as far as it was asked and knows; the last value of what it says twice. */
export type DiagnosticReport = { readonly [N in Single]?: DiagnosticValue<N> | undefined } & {
  /** Of a router, each child. Undefined where it did not say. */
  readonly children?: readonly ChildDetail[] | undefined;
  readonly childAddresses?: readonly ChildAddresses[] | undefined;
  readonly routerNeighbours?: readonly RouterNeighbourDetail[] | undefined;
  /** What we do not know, or cannot read. */
  readonly unknown: readonly Tlv[];
};

/**
 * The TLVs of an answer. A value that cannot be read is given as an unknown TLV: a newer peer may have written more.
 * @throws SelvageError `truncated` for what are no TLVs
 */
export function readDiagnosticTlvs(payload: Uint8Array): DiagnosticTlv[] {
  return decode(tlvs, payload, 'diagnostics').flatMap((raw) => {
    try {
      return decode(diagnosticTlvs, encode(tlv, raw));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      return { type: 'unknown', tag: raw.type, body: raw.value } as const;
    }
  });
}

/** Puts the TLVs of an answer, of all its parts, together. */
export function diagnosticReport(entries: Iterable<DiagnosticTlv>): DiagnosticReport {
  const single: Partial<Record<Single, unknown>> = {};
  const lists: {
    children?: ChildDetail[];
    childAddresses?: ChildAddresses[];
    routerNeighbours?: RouterNeighbourDetail[];
  } = {};
  const unknown: Tlv[] = [];
  for (const entry of entries) {
    switch (entry.type) {
      case 'child':
        lists.children = added(lists.children, entry.value);
        break;
      case 'childAddresses':
        lists.childAddresses = added(lists.childAddresses, entry.value);
        break;
      case 'routerNeighbour':
        lists.routerNeighbours = added(lists.routerNeighbours, entry.value);
        break;
      case 'unknown':
        unknown.push({ type: entry.tag, value: entry.body });
        break;
      case 'typeList':
      case 'answer':
      case 'queryId':
        break;
      default:
        single[entry.type] = entry.value;
    }
  }
  return { ...(single as object), ...lists, unknown };
}

/** An empty TLV ends a list, and shows that there is one. */
function added<T>(list: T[] | undefined, value: T | undefined): T[] {
  return value === undefined ? (list ?? []) : [...(list ?? []), value];
}
