/** What is known of one neighbour at the link: who may send us secured frames, and how we reach it. */
export interface Neighbour {
  /** 8 bytes in printed order: its identity, and part of every nonce it uses. */
  readonly extended: Uint8Array;
  /** Its RLOC16; undefined until it has one. Changed through `NeighbourTable.setShort` alone. */
  readonly short: number | undefined;
  /** False for a sleepy child: frames to it wait until it polls. */
  receiveOn: boolean;
  /** True for our own child, whose polls are answered. */
  isChild: boolean;
  /** The highest key sequence under which it sent an authentic frame or message. */
  readonly keySequence: number;
  /** The least frame counter of `keySequence` that is still acceptable from it: the one received last, plus 1. */
  readonly nextFrameCounter: number;
  /** Smoothed strength of its frames in dBm (1/8 of each new one); undefined before the first. */
  readonly averageRssi: number | undefined;
  readonly lastRssi: number | undefined;
  /** When its last authentic frame came. */
  readonly lastHeard: number | undefined;
}

/** How a neighbour is entered. */
export interface NeighbourOptions {
  readonly short?: number | undefined;
  /** True by default. */
  readonly receiveOn?: boolean;
  /** False by default. */
  readonly isChild?: boolean;
  /** From its message (MLE names the key sequence), and the counter of its Link-layer Frame Counter TLV. */
  readonly keySequence?: number;
  readonly nextFrameCounter?: number;
}
