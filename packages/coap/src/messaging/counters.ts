/** What was dropped, refused or repeated, each a count. */
export interface CoapCounters {
  /** Datagrams that are no CoAP message. */
  malformed: number;
  /** Messages that belong to nothing: to no request, no exchange, or to a group in a way that no group is spoken to. */
  stray: number;
  /** Copies of messages that had arrived already. */
  copies: number;
  /** Messages sent again. */
  retransmissions: number;
  /** Messages ignored, and requests answered 5.03, because there was too much under way. */
  refused: number;
  /** Requests asked to come again with an Echo (RFC 9175). */
  challenged: number;
}

/** All at zero. */
export function noCounts(): CoapCounters {
  return { malformed: 0, stray: 0, copies: 0, retransmissions: 0, refused: 0, challenged: 0 };
}
