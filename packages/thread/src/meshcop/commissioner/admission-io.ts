import type { Entropy, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { JoinerFacts } from '../joiner/joiner-facts.js';
import type { JoinStep } from '../join-failure.js';
import type { RelayedDatagram } from '../relay/relay-messages.js';
import type { JoinerEntry, JoinerTable } from './joiner-table.js';

/** Whether a joiner is taken, by what it says of itself. */
export type JoinerVerdict = { readonly accept: true } | { readonly accept: false; readonly why: string };

/** How joiners are admitted. */
export interface JoinerAdmissionOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly joiners: JoinerTable;
  /** Asked for each joiner that has proved its passphrase. */
  readonly judge: (joinerId: Uint8Array, facts: JoinerFacts, entry: JoinerEntry) => JoinerVerdict;
  /** Sessions at a time; 64 by default. */
  readonly mostSessions?: number;
  /**
   * While fewer handshakes are under way the first ClientHello of a joiner that is admitted by its EUI-64 is
   * answered without asking for a cookie, unless a handshake in its name is under way already: half of
   * `mostSessions` by default. What is asked for once more goes over a mesh of many hops, in many fragments.
   */
  readonly handshakesWithoutCookie?: number;
}

/** What the admission of joiners is told. */
export type JoinerAdmissionInput = { readonly kind: 'relayed'; readonly datagram: RelayedDatagram };

/** What happens to a joiner, as people are told. */
export type JoinerProgress =
  | { readonly kind: 'step'; readonly step: JoinStep }
  | { readonly kind: 'finalised'; readonly facts: JoinerFacts }
  /** It was accepted, and has said goodbye: our answer has reached it, and the KEK its joiner router. */
  | { readonly kind: 'left' }
  | { readonly kind: 'failed'; readonly error: SelvageError };

/** What the admission of joiners wants done, or tells. */
export type JoinerAdmissionOutput =
  /** For the joiner router, by RLY_TX. */
  | { readonly kind: 'relay'; readonly datagram: RelayedDatagram }
  | {
      readonly kind: 'joiner';
      readonly joinerId: Uint8Array;
      readonly entry: JoinerEntry | undefined;
      readonly progress: JoinerProgress;
    };
