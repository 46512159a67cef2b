import type { Entropy, Instant } from '@selvage/core';
import type { LinkService } from '../mac/link-service.js';
import type { SendOutcome } from '../mac/link-user.js';
import type { MleCommand } from './mle-message.js';
import type { MleTlvs } from './mle-tlvs.js';

/** Where an MLE message goes. */
export interface MleDestination {
  /** 16 bytes, link-local; a neighbour's, or a group's. */
  readonly address: Uint8Array;
  /** At once, although the receiver is a sleepy child. */
  readonly direct?: boolean;
  /** To the nodes of another PAN, or of all; without encryption in MLE, as discovery is. */
  readonly discovery?: { readonly panId: number };
  /** Under the well-known key of MLE Announce at the link. */
  readonly announce?: boolean;
  /** Where it is sent, 11 to 26, if not on the own channel: an Announce. */
  readonly channel?: number;
  /** Neither sent nor repeated from then on: whoever asked does not wait any longer. */
  readonly until?: Instant;
  /** How often it may be sent again where it is not acknowledged; as the link does by default. */
  readonly repetitions?: number;
}

/** An authentic MLE message, and who sent it. */
export interface MleArrival {
  readonly command: MleCommand;
  readonly tlvs: MleTlvs;
  /** 8 bytes in printed order. */
  readonly extended: Uint8Array;
  readonly source: Uint8Array;
  readonly multicast: boolean;
  /** Undefined where MLE did not encrypt it. */
  readonly keySequence: number | undefined;
  /** Of the message itself. */
  readonly frameCounter: number;
  readonly rssi: number;
  readonly channel: number;
  /** Of the frame's sender. */
  readonly panId: number;
}

/** What the roles of MLE call: messages down, and what the node has. */
export interface MleHost {
  readonly link: LinkService;
  readonly entropy: Entropy;
  send(command: MleCommand, tlvs: MleTlvs, to: MleDestination, now: Instant, done?: SentCallback): void;
  /** What the own Link-layer and MLE Frame Counter TLVs say. */
  readonly nextMacCounter: number;
  readonly nextMleCounter: number;
}

/** What became of a message. */
export type SentCallback = (outcome: SendOutcome, now: Instant) => void;
