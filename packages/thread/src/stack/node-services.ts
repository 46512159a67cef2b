import { decode, encode, FormatError, type Instant, type Tlv, tlvs } from '@selvage/core';
import { diagnosticAnswer, type DiagnosticFacts } from '../diag/diagnostic-answer.js';
import { diagnosticTypes } from '../diag/diagnostic-types.js';
import { isMinimal } from '../mle/parent/child-entry.js';
import type { ChildTable } from '../mle/parent/child-table.js';
import { networkLayerTlvs, readNetworkLayer } from '../tmf/network-layer-tlvs.js';
import type { TmfRequest } from '../tmf/tmf-port.js';

/** What a node's answers come from. */
export interface ServiceFacts {
  diagnostics(): DiagnosticFacts;
  /** 8 bytes. */
  readonly interfaceId: Uint8Array;
  /** Of a router alone. */
  readonly children: ChildTable | undefined;
  readonly rloc16: number;
  /** Whether a unicast address is one that this node resolves for others: its own, but for locators. */
  owns(address: Uint8Array): boolean;
  post(path: string, payload: Uint8Array, to: Uint8Array): void;
}

const noAddressAvailable = 1;
const noBytes = new Uint8Array(0);

/** What a node answers of the Thread Management Framework; silence to all that it does not know. */
export function serveTmf(request: TmfRequest, facts: ServiceFacts, now: Instant): Uint8Array | undefined {
  switch (request.path) {
    case 'd/dg':
      return diagnose(request, facts);
    case 'd/dq':
      return query(request, facts);
    case 'a/as':
      // There is one router here, and there will be no other.
      return facts.children && encode(networkLayerTlvs, [{ type: 'status', value: noAddressAvailable }]);
    case 'a/aq':
      return resolve(request, facts, now);
    default:
      return undefined;
  }
}

/** Thread 1.3 §10.11.2.1: TLVs for a list of types, to whoever waits for them. */
function diagnose({ payload, confirmable }: TmfRequest, facts: ServiceFacts): Uint8Array | undefined {
  const types = typeList(payload);
  if (types === undefined || !confirmable) return undefined;
  return encode(tlvs, diagnosticAnswer(types, facts.diagnostics()));
}

/** Thread 1.3 §10.11.2.2: the answer goes to the asker as a request of its own. */
function query({ payload, source }: TmfRequest, facts: ServiceFacts): Uint8Array | undefined {
  const types = typeList(payload);
  if (types === undefined) return undefined;
  const id = readTlvs(payload)?.find(({ type }) => type === diagnosticTypes.queryId);
  const last: Tlv = { type: diagnosticTypes.answer, value: Uint8Array.of(0x80, 0) };
  const answer = diagnosticAnswer(types, facts.diagnostics());
  facts.post('d/da', encode(tlvs, [...(id ? [id] : []), ...answer, ...(id ? [last] : [])]), source);
  return noBytes;
}

/** Thread 1.3 §5.4.2: who has an address says so, and a parent for its minimal children. */
function resolve({ payload, source, confirmable }: TmfRequest, facts: ServiceFacts, now: Instant): undefined {
  if (confirmable || facts.children === undefined) return undefined;
  const tlvsOfIt = readNetworkLayer(payload);
  const target = tlvsOfIt && networkLayerTlvs.first(tlvsOfIt, 'target');
  if (target === undefined) return undefined;
  const child = facts.children.byAddress(target);
  const own = facts.owns(target);
  if (!own && (child === undefined || !isMinimal(child))) return undefined;
  const interfaceId = own ? facts.interfaceId : (child?.addresses[0]?.subarray(8) ?? noBytes);
  if (interfaceId.length !== facts.interfaceId.length) return undefined;
  const entries = [
    { type: 'target', value: target },
    { type: 'interfaceId', value: interfaceId },
    { type: 'rloc16', value: facts.rloc16 },
  ] as const;
  const heard = child === undefined || own ? [] : [lastHeard(now - child.heardAt)];
  facts.post('a/an', encode(networkLayerTlvs, [...entries, ...heard]), source);
  return undefined;
}

function lastHeard(milliseconds: number): { readonly type: 'lastTransaction'; readonly value: number } {
  return { type: 'lastTransaction', value: Math.floor(milliseconds / 1000) };
}

function typeList(payload: Uint8Array): Uint8Array | undefined {
  return readTlvs(payload)?.find(({ type }) => type === diagnosticTypes.typeList)?.value;
}

function readTlvs(payload: Uint8Array): readonly Tlv[] | undefined {
  try {
    return decode(tlvs, payload);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
