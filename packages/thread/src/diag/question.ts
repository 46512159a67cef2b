import type { Instant } from '@selvage/core';
import { encode } from '@selvage/core';
import { type DiagnosticName, diagnosticTlvs, diagnosticType } from './diagnostic-tlvs.js';
import type { DiagnosticReport } from './report.js';

/** What a question wants to know. */
export interface DiagnosticWish {
  /** An address of one node, or a group: `ff03::1`, or `ff33:40:<mesh-local prefix>::1` to reach sleepy nodes too. */
  readonly destination: Uint8Array;
  /** Names, or numbers of types that we do not know. */
  readonly types: readonly (DiagnosticName | number)[];
  /** Milliseconds until the question is over. */
  readonly patience: number;
}

/** What comes of a question. */
export type DiagnosticOutcome =
  /** All that one node said. `isWhole` is false where the time was over before the last part of it came. */
  | {
      readonly kind: 'answer';
      readonly question: number;
      readonly source: Uint8Array;
      readonly isWhole: boolean;
      readonly report: DiagnosticReport;
    }
  /** Nothing more is told of it: it was answered, refused, or the time is over. */
  | {
      readonly kind: 'over';
      readonly question: number;
      readonly reason: 'answered' | 'refused' | 'timed-out';
      /** Nodes that answered. */
      readonly answers: number;
    };

/** How nodes are asked: `d/dg` one at once, `d/dq` one or many that answer in parts, `d/dr` one to begin counting anew. */
export type DiagnosticPath = 'd/dg' | 'd/dq' | 'd/dr';

/** A question that is not over. */
export interface OpenQuestion {
  readonly question: number;
  readonly path: DiagnosticPath;
  readonly destination: Uint8Array;
  readonly queryId: number | undefined;
  readonly endsAt: Instant;
}

/** The payload of a question. */
export function questionPayload(types: DiagnosticWish['types'], queryId: number | undefined): Uint8Array {
  const numbers = types.map((type) => (typeof type === 'number' ? type : diagnosticType(type)));
  return encode(diagnosticTlvs, [
    { type: 'typeList', value: numbers },
    ...(queryId === undefined ? [] : [{ type: 'queryId', value: queryId } as const]),
  ]);
}
