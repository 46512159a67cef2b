/** The transmission parameters of RFC 7252 §4.8, times in milliseconds. */
export interface TransmissionParameters {
  /** ACK_TIMEOUT: the least wait before the first retransmission. */
  readonly ackTimeout: number;
  /** ACK_RANDOM_FACTOR: the first wait is up to this many times longer. */
  readonly ackRandomFactor: number;
  /** MAX_RETRANSMIT: how often a message is sent again. */
  readonly maxRetransmit: number;
  /** NSTART: interactions outstanding with one peer at a time. */
  readonly nstart: number;
  /** DEFAULT_LEISURE: responses to a multicast request are spread over this time (§8.2). */
  readonly leisure: number;
  /** MAX_LATENCY: the longest that a datagram is assumed to travel. */
  readonly maxLatency: number;
  /** How long a request may wait for its handler before it is acknowledged apart from its response (§5.2.2). */
  readonly separateAfter: number;
}

/** The defaults of RFC 7252 §4.8; `separateAfter` is well below ACK_TIMEOUT, so that no client sends again for nothing. */
export const defaultParameters: TransmissionParameters = {
  ackTimeout: 2000,
  ackRandomFactor: 1.5,
  maxRetransmit: 4,
  nstart: 1,
  leisure: 5000,
  maxLatency: 100_000,
  separateAfter: 250,
};

/** The times that follow from the parameters, RFC 7252 §4.8.2, milliseconds. */
export interface DerivedTimes {
  /** MAX_TRANSMIT_SPAN: from the first transmission of a Confirmable message to its last. */
  readonly maxTransmitSpan: number;
  /** MAX_TRANSMIT_WAIT: from the first transmission until the sender gives up. */
  readonly maxTransmitWait: number;
  /** EXCHANGE_LIFETIME: how long a message ID stays taken by a Confirmable message. */
  readonly exchangeLifetime: number;
  /** NON_LIFETIME: the same for a Non-confirmable message. */
  readonly nonLifetime: number;
}

/** The times that follow from the parameters; PROCESSING_DELAY is ACK_TIMEOUT. */
export function derivedTimes(parameters: TransmissionParameters): DerivedTimes {
  const { ackTimeout, ackRandomFactor, maxRetransmit, maxLatency } = parameters;
  const maxTransmitSpan = ackTimeout * (2 ** maxRetransmit - 1) * ackRandomFactor;
  return {
    maxTransmitSpan,
    maxTransmitWait: ackTimeout * (2 ** (maxRetransmit + 1) - 1) * ackRandomFactor,
    exchangeLifetime: maxTransmitSpan + 2 * maxLatency + ackTimeout,
    nonLifetime: maxTransmitSpan + maxLatency,
  };
}
