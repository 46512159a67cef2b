import type { MleMessage } from '../mle/mle-message.js';

/** How far a listener got into something. */
export type Openness = 'clear' | 'opened' | 'sealed';

/** What a listener makes of one frame. */
export interface SeenFrame {
  readonly type: 'beacon' | 'data' | 'acknowledgement' | 'command' | 'other' | 'malformed';
  readonly length: number;
  readonly sequenceNumber?: number | undefined;
  readonly panId?: number | undefined;
  /** As people write addresses: `6c00`, `4e1fcce8724b05c4`, `all`. */
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
  /** Of the frame itself: whether it was secured, and opened. */
  readonly link: Openness;
  /** Of the frame, or of the MLE message in it. */
  readonly keySequence?: number | undefined;
  readonly mle?: SeenMle | undefined;
  /** In words: `MLE Parent Request`, `ping to ff03::1`, `fragment 0 of 300 bytes`. */
  readonly detail: string;
}

/** An MLE message; its command is known where a key opened it. */
export interface SeenMle {
  readonly openness: Openness;
  readonly message?: MleMessage | undefined;
  readonly keySequence?: number | undefined;
}
