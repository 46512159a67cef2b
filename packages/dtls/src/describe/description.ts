/** One protocol message in words, for a timeline. It never holds a secret. */
export interface MessageDescription {
  /** The message's name in its RFC, such as `ClientHello`. */
  readonly name: string;
  /** 0 in the clear, 1 protected. */
  readonly epoch: number;
  /** Bytes of the message on the wire, without record headers. */
  readonly length: number;
  /** What is in it, as label and text, most telling first. */
  readonly fields: readonly (readonly [label: string, text: string])[];
  /** Whether it was sent again. */
  readonly again?: boolean;
}
