import type { Instant, SelvageError } from '@selvage/core';
import type { DiagnosticOutcome } from '../diag/question.js';
import type { EchoOutcome } from '../ip6/stack/echo-client.js';
import type { SwitchCause } from '../keys/key-engine.js';
import type { JoinStep } from '../meshcop/join-failure.js';
import type { Entrusted } from '../meshcop/joiner/entrusted.js';
import type { DiscoveredNetwork } from '../mle/discovery/discovery.js';
import type { LossReason } from '../mle/child/child-input.js';
import type { LeaderData } from '../mle/partition.js';
import type { Route64 } from '../mle/tlv/route64.js';

/** What a node is in its network (Thread 1.3 §4.1). */
export type Role = 'disabled' | 'detached' | 'child' | 'router' | 'leader';

/** What a node tells. */
export type NodeEvent =
  | { readonly kind: 'role'; readonly role: Role; readonly rloc16: number | undefined; readonly at: Instant }
  | { readonly kind: 'detached'; readonly reason: LossReason }
  /** A search for parents found nobody; it is repeated, ever less often. */
  | { readonly kind: 'no-parent'; readonly failures: number }
  | { readonly kind: 'key-sequence'; readonly sequence: number; readonly cause: SwitchCause }
  /** A dataset of this name is in force from now on. */
  | { readonly kind: 'dataset'; readonly name: string; readonly moved: boolean }
  | { readonly kind: 'echo'; readonly outcome: EchoOutcome }
  | { readonly kind: 'diagnostic'; readonly outcome: DiagnosticOutcome }
  | { readonly kind: 'child'; readonly extended: Uint8Array; readonly rloc16: number; readonly present: boolean }
  /** Networks on this channel are being asked for. */
  | { readonly kind: 'discovering'; readonly channel: number }
  | { readonly kind: 'discovered'; readonly network: DiscoveredNetwork }
  | { readonly kind: 'discovery-over' }
  /** A joiner has come so far. */
  | { readonly kind: 'join-step'; readonly step: JoinStep; readonly network: string | undefined }
  | { readonly kind: 'joined'; readonly entrusted: Entrusted }
  | { readonly kind: 'join-failed'; readonly error: SelvageError }
  | { readonly kind: 'network-data' }
  /** A router of another partition advertised itself. It has the network's key; that it said so just now is not proved. */
  | {
      readonly kind: 'partition-heard';
      readonly partition: LeaderData;
      readonly rloc16: number;
      readonly route64: Route64 | undefined;
    }
  | { readonly kind: 'failed'; readonly reason: string };
