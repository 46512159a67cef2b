import type { RadioEvent, RadioIdentity, RadioTransmission } from '../radio/radio.js';

/** What the link takes: what its radio tells. */
export type LinkInput = RadioEvent;

/** What the link wants of its radio. */
export type LinkOutput =
  | { readonly kind: 'transmit'; readonly transmission: RadioTransmission }
  | { readonly kind: 'listen'; readonly channel: number }
  | { readonly kind: 'sleep' }
  /** The energy on a channel, for a while. */
  | { readonly kind: 'measure'; readonly channel: number; readonly milliseconds: number }
  | { readonly kind: 'configure'; readonly identity: RadioIdentity };
