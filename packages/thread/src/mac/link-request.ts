import type { Instant } from '@selvage/core';
import type { MacAddress } from './address.js';
import type { HeaderElement } from './frame/elements.js';

/** How a frame is to be protected. */
export type SendProtection =
  | { readonly kind: 'none' }
  /** Key id mode 1 under the current key sequence: everything but MLE that fits one unsecured frame. */
  | { readonly kind: 'network' }
  /** Key id mode 0 under a key of 16 bytes (Joiner Entrust: the KEK); the counter is of that key alone. */
  | { readonly kind: 'given'; readonly key: Uint8Array; readonly frameCounter: number }
  /** Key id mode 2: MLE Announce. */
  | { readonly kind: 'announce' };

/** Downward: one frame that the link is to send. Unicast frames are acknowledged and repeated. */
export interface LinkRequest {
  readonly destination: MacAddress;
  /** Which of our addresses the frame names. */
  readonly source: MacAddress['kind'];
  readonly protection: SendProtection;
  /** At most `payloadRoom` bytes, which nobody changes until the outcome is told. */
  readonly payload: Uint8Array;
  /** Our own PAN id by default; another one, or `broadcastPan`, and our own is named as the source's. */
  readonly destinationPan?: number | undefined;
  /** Says to the receiver that more follows (frame pending): it then listens on, or polls at once. */
  readonly more?: boolean;
  /** Header elements, the termination included: they make it a frame of 2015, which has an enhanced acknowledgement. */
  readonly elements?: readonly HeaderElement[];
  /** Goes out at once although the receiver is a sleepy child: it is known to listen. */
  readonly direct?: boolean;
  /** Where a frame to everybody is sent, 11 to 26, if not on the link's own channel, to which the radio then returns. */
  readonly channel?: number | undefined;
  /** Dropped where it was not begun by then: whoever waits for it does so no longer. */
  readonly notAfter?: Instant;
  /** Neither begun nor repeated from then on: an answer that somebody awaits for a while alone. */
  readonly until?: Instant | undefined;
  /** How often it may be sent again where it is not acknowledged; 15 by default. */
  readonly repetitions?: number | undefined;
}
