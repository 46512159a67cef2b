import type { Instant } from '@selvage/core';
import type { DiagnosticFacts } from '../diag/diagnostic-answer.js';
import type { Leader } from '../mle/leader/leader.js';
import type { ChildTable } from '../mle/parent/child-table.js';
import { answerRelease, answerSolicit } from '../tmf/router-ids.js';
import type { TmfRequest } from '../tmf/tmf-port.js';

/** What a node's answers come from. */
export interface ServiceFacts {
  diagnostics(): DiagnosticFacts;
  /** 8 bytes. */
  readonly interfaceId: Uint8Array;
  /** Of a router alone. */
  readonly children: ChildTable | undefined;
  readonly rloc16: number;
  /** What a leader hands out. */
  readonly leader: Leader | undefined;
  /** Whether a unicast address is one that this node resolves for others: its own, but for locators. */
  owns(address: Uint8Array): boolean;
  post(path: string, payload: Uint8Array, to: Uint8Array): void;
}

/** What a node answers of the Thread Management Framework beside diagnostics; silence to all that it does not know. */
export function serveTmf(request: TmfRequest, facts: ServiceFacts, now: Instant): Uint8Array | undefined {
  switch (request.path) {
    case 'a/as':
      return facts.leader && request.confirmable ? answerSolicit(request.payload, facts.leader, now) : undefined;
    case 'a/ar':
      return facts.leader && request.confirmable ? answerRelease(request.payload, facts.leader, now) : undefined;
    default:
      return undefined;
  }
}
