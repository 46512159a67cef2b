/** What a radio did for a while; times in milliseconds. */
export interface RadioUse {
  readonly transmitting: number;
  /** The receiver was on, whether anything came or not; without what is told as assessing. */
  readonly receiving: number;
  /** From the assessment of the channel to the first bit. */
  readonly assessing: number;
  /** Frames sent, acknowledgements and repetitions included, and their bytes with the frame check sequence. */
  readonly frames: number;
  readonly bytes: number;
  /** Frames that came whole, whomever they were for. */
  readonly received: number;
}

export const unusedRadio: RadioUse = {
  transmitting: 0,
  receiving: 0,
  assessing: 0,
  frames: 0,
  bytes: 0,
  received: 0,
};
