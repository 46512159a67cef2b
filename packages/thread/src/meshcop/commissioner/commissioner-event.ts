import type { SelvageError } from '@selvage/core';
import type { EnergyReport, PanIdQuery } from '../management/survey-messages.js';
import type { JoinerProgress } from './admission-io.js';
import type { JoinerEntry } from './joiner-table.js';

/** What a commissioner tells people. */
export type CommissionerEvent =
  | { readonly kind: 'active'; readonly sessionId: number }
  /** It is active no longer; without an error because it was told to resign. */
  | { readonly kind: 'inactive'; readonly error?: SelvageError }
  | {
      readonly kind: 'joiner';
      /** 8 bytes. */
      readonly joinerId: Uint8Array;
      readonly entry: JoinerEntry | undefined;
      readonly progress: JoinerProgress;
    }
  /** The time of an entry is over. */
  | { readonly kind: 'expired'; readonly entry: JoinerEntry }
  /** Who may join is known in the network. */
  | { readonly kind: 'steering'; readonly steeringData: Uint8Array }
  /** How strong a node found channels to be. */
  | ({ readonly kind: 'energy'; readonly from: Uint8Array | undefined } & EnergyReport)
  /** On which channels a node found a PAN of the id. */
  | ({ readonly kind: 'pan-id-conflict'; readonly from: Uint8Array | undefined } & PanIdQuery)
  /** A part of what a node says of itself. */
  | { readonly kind: 'diagnostic'; readonly from: Uint8Array | undefined; readonly payload: Uint8Array }
  | { readonly kind: 'dataset-changed' };
