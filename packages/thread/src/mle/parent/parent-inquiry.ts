import type { Timestamps } from '../timestamps.js';
import type { DeviceMode } from '../tlv/mode.js';

/** What a parent is asked by MLE, read and whole (Thread 1.3 §4.5 to §4.7). */
export type ParentInquiry =
  | {
      readonly kind: 'parent-request';
      readonly challenge: Uint8Array;
      readonly version: number;
      /** The Scan Mask. */
      readonly asked: { readonly routers: boolean; readonly endDevices: boolean };
    }
  | {
      readonly kind: 'child-id-request';
      readonly answers: Uint8Array;
      readonly mode: DeviceMode;
      readonly timeout: number;
      readonly version: number;
      readonly wanted: readonly number[];
      readonly supervision: number;
      /** 16 bytes each; undefined where the TLV is missing. */
      readonly addresses: readonly Uint8Array[] | undefined;
      readonly timestamps: Timestamps;
    }
  | {
      readonly kind: 'child-update-request';
      /** The RLOC16 that it says it has; undefined where it says none. */
      readonly source: number | undefined;
      readonly challenge: Uint8Array | undefined;
      readonly mode: DeviceMode;
      readonly timeout: number | undefined;
      readonly supervision: number | undefined;
      readonly addresses: readonly Uint8Array[] | undefined;
    }
  | {
      readonly kind: 'child-update-response';
      readonly source: number | undefined;
      readonly answers: Uint8Array | undefined;
      readonly timeout: number | undefined;
      readonly addresses: readonly Uint8Array[] | undefined;
    }
  | { readonly kind: 'data-request'; readonly wanted: readonly number[]; readonly timestamps: Timestamps };

/** Who asked. */
export interface Requester {
  readonly extended: Uint8Array;
  /** Counters that its message said it goes on with, if it did. */
  readonly linkFrameCounter: number | undefined;
  readonly mleFrameCounter: number | undefined;
  readonly keySequence: number;
  /** Of its message. */
  readonly frameCounter: number;
  /** Strength of the message, dBm. */
  readonly rssi: number;
}
