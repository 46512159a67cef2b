import type { Instant } from '@selvage/core';
import type { Restored, Valid } from './child-entry.js';
import type { Requester } from './parent-inquiry.js';

/** What a parent sends by MLE; what is common to all is added where it is written. */
export type ParentMessage =
  | {
      readonly kind: 'parent-response';
      readonly to: Requester;
      readonly answers: Uint8Array;
      readonly challenge: Uint8Array;
      /** From then on whoever asked does not wait for it. */
      readonly until: Instant;
    }
  | {
      readonly kind: 'child-id-response';
      readonly child: Valid;
      /** Types of the TLV Request. */
      readonly wanted: readonly number[];
      readonly lacksActive: boolean;
      readonly lacksPending: boolean;
    }
  | {
      readonly kind: 'child-update-response';
      readonly child: Valid;
      readonly answers: Uint8Array | undefined;
      /** What of it is to be echoed. */
      readonly echoes: { readonly timeout: boolean; readonly supervision: boolean; readonly addresses: boolean };
    }
  /** It is nobody's child here. */
  | { readonly kind: 'refusal'; readonly to: Uint8Array; readonly answers: Uint8Array | undefined }
  | { readonly kind: 'child-update-request'; readonly child: Restored }
  /** New network data for a sleepy child. */
  | { readonly kind: 'child-notice'; readonly child: Valid }
  | {
      readonly kind: 'data-response';
      /** Everybody, where none is given; the whole of network data, or what is stable. */
      readonly to:
        | { readonly extended: Uint8Array; readonly isWhole: boolean; readonly wanted: readonly number[] }
        | undefined;
      readonly lacksActive: boolean;
      readonly lacksPending: boolean;
    };
