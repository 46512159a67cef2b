import { encode, type Instant } from '@selvage/core';
import type { DiagnosticFacts } from '../diag/diagnostic-answer.js';
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

/** What a node answers of the Thread Management Framework beside diagnostics; silence to all that it does not know. */
export function serveTmf(request: TmfRequest, facts: ServiceFacts, now: Instant): Uint8Array | undefined {
  switch (request.path) {
    case 'a/as':
      // There is one router here, and there will be no other.
      return facts.children && encode(networkLayerTlvs, [{ type: 'status', value: noAddressAvailable }]);
    case 'a/aq':
      return resolve(request, facts, now);
    default:
      return undefined;
  }
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
