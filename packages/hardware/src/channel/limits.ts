/** How much one side of a channel lets the other have under way. */
export interface ChannelLimits {
  /** Bytes of the longest frame, its length not counted. */
  readonly frame: number;
  /** How many lanes there are, numbered from 0. */
  readonly lanes: number;
  /** Requests a lane that are served or wait; more are refused with `too-many-requests`. */
  readonly requests: number;
  /** Bytes of all of them on all lanes; more are refused. */
  readonly bytes: number;
  /** Requests that are begun before what has arrived meanwhile is read: what a short lane waits for behind a long one. */
  readonly slice: number;
  /** The same in milliseconds: one that takes this long ends the slice. */
  readonly sliceTime: number;
  /**
   * How much a caller may do wrong: a frame that makes no sense counts 16, a refused one 1, and each served
   * request takes 1 off. At this sum the channel is cut.
   */
  readonly tolerance: number;
}

export const usualLimits: ChannelLimits = {
  frame: 131_072,
  lanes: 4,
  requests: 256,
  bytes: 4_194_304,
  slice: 4,
  sliceTime: 0.05,
  tolerance: 1024,
};

/** What a frame that makes no sense weighs against a request too many. */
export const offence = 16;

/** What this side keeps under way at most, so that the other side, with the same limits, refuses nothing. */
export function windowOf({ requests, bytes }: ChannelLimits): { readonly requests: number; readonly bytes: number } {
  return { requests: Math.ceil(requests / 2), bytes: Math.ceil(bytes / 2) };
}

/** What the other side did that a good caller does not. */
export type ViolationKind =
  | 'malformed-frame'
  | 'no-hello'
  | 'other-version'
  | 'unknown-service'
  | 'unknown-lane'
  | 'repeated-id'
  | 'unasked-answer'
  | 'malformed-request'
  | 'malformed-notice'
  | 'flood';

/** What one violation was: no bytes of the caller's are in it. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly service?: number | undefined;
  readonly operation?: number | undefined;
}
