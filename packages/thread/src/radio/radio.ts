import type { Instant } from '@selvage/core';

/**
 * The radio port: one transceiver for IEEE 802.15.4 at 2.4 GHz. It carries PSDUs with their frame check sequence. What
 * a radio does by itself it says in its capabilities; the link engine does the rest.
 */
export interface Radio {
  readonly capabilities: RadioCapabilities;
  /** Whom the radio answers for, where it acknowledges by itself; others take everything and may ignore this. */
  configure(identity: RadioIdentity): void;
  /** Receives on a channel, 11 to 26, from now on. */
  listen(channel: number): void;
  /** Receives nothing from now on. Transmitting is possible, and a radio that waits for acknowledgements gets those. */
  sleep(): void;
  /**
   * Starts a transmission; its end is told by `transmitted`, never before `transmit` returns. One at a time: while an
   * acknowledgement (`notBefore`) is due or under way, another one ends as `channel-busy`.
   */
  transmit(transmission: RadioTransmission): void;
  /** Measures the energy on a channel for a while, told by `energy`; receiving goes on afterwards as before. */
  measureEnergy(channel: number, milliseconds: number): void;
  /** Sets the one listener. Bytes in an event belong to the listener. */
  onEvent(listener: (event: RadioEvent) => void): void;
  close(): void;
}

/** What a radio does by itself, and how quick it is. */
export interface RadioCapabilities {
  /** Filters by its identity and answers unicast frames with acknowledgements, in hardware. */
  readonly acknowledges: boolean;
  /** Backs off, waits for acknowledgements and repeats by itself, as often as a transmission says. */
  readonly repeats: boolean;
  /** How long after a transmission's end its acknowledgement may begin to arrive and be whole, milliseconds. */
  readonly acknowledgementTimeout: number;
  /** dBm below which nothing is heard: what link margins count from. */
  readonly sensitivity: number;
  /** False where several nodes cannot disturb one another (OpenThread's simulated ether), so that no back-off is due. */
  readonly sharesChannel: boolean;
}

/** How a node is addressed. */
export interface RadioIdentity {
  readonly panId: number;
  readonly short: number | undefined;
  /** 8 bytes in printed order. */
  readonly extended: Uint8Array;
  /** Children for whom something waits: their polls are acknowledged with frame pending. */
  readonly pendingShort: readonly number[];
  readonly pendingExtended: readonly Uint8Array[];
}

/** One transmission. */
export interface RadioTransmission {
  /** Told again by `transmitted`. */
  readonly id: number;
  /** At most 127 bytes, the correct frame check sequence at its end. The radio copies it. */
  readonly psdu: Uint8Array;
  readonly channel: number;
  /** Listens before it sends, and reports `channel-busy` where somebody is heard. Never for an acknowledgement. */
  readonly assess: boolean;
  /** Not earlier than this instant; an acknowledgement is due 192 µs after the frame's end. */
  readonly notBefore?: Instant | undefined;
  /** For a radio that repeats: how often it backs off (4) and how often it sends again (15), and for which frame. */
  readonly backOffs?: number;
  readonly repetitions?: number;
  readonly awaitsAcknowledgement?: boolean;
}

/** A PSDU from the air. */
export interface ReceivedFrame {
  /** With its frame check sequence, which is correct: others are counted and dropped. */
  readonly psdu: Uint8Array;
  readonly channel: number;
  /** dBm. */
  readonly rssi: number;
  /** When its last symbol arrived. */
  readonly at: Instant;
  /** For a radio that acknowledges: the acknowledgement that it sent said that something is pending. */
  readonly acknowledgedWithPending?: boolean;
}

/** How a transmission ended. */
export type TransmitOutcome =
  /** It was on the air; a radio that repeats also got the acknowledgement, or none was wanted. */
  | 'sent'
  | 'channel-busy'
  /** Only from a radio that repeats. */
  | 'no-acknowledgement'
  | 'aborted';

/** What a radio tells. */
export type RadioEvent =
  | { readonly kind: 'received'; readonly frame: ReceivedFrame }
  | {
      readonly kind: 'transmitted';
      readonly id: number;
      readonly outcome: TransmitOutcome;
      /** When its last symbol was sent. */
      readonly at: Instant;
      /** From a radio that repeats. */
      readonly acknowledgement?: ReceivedFrame | undefined;
    }
  | { readonly kind: 'energy'; readonly channel: number; readonly dBm: number }
  /** The radio is gone: the process ended, the port was pulled out. Nothing follows. */
  | { readonly kind: 'failed'; readonly reason: string };
