import { encode } from '@selvage/core';
import type { DiagnosticFacts } from '../diag/diagnostic-answer.js';
import type { ChildTable } from '../mle/parent/child-table.js';
import { networkLayerTlvs } from '../tmf/network-layer-tlvs.js';
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

/** What a node answers of the Thread Management Framework beside diagnostics; silence to all that it does not know. */
export function serveTmf(request: TmfRequest, facts: ServiceFacts): Uint8Array | undefined {
  switch (request.path) {
    case 'a/as':
      // There is one router here, and there will be no other.
      return facts.children && encode(networkLayerTlvs, [{ type: 'status', value: noAddressAvailable }]);
    default:
      return undefined;
  }
}
