/**
 * The platform ports: the only ways an engine reaches the world. Each has a real and a virtual implementation
 * (`@selvage/core/node`, `@selvage/core/virtual`), so the same engine runs on sockets and in virtual time.
 */

/** Monotonic milliseconds since an arbitrary origin. */
export type Instant = number;

/** The one shape of a protocol engine: no socket, no clock and no randomness of its own. */
export interface Engine<Input, Output> {
  /** Takes a datagram, a command or a finished key operation. */
  handle(input: Input, now: Instant): void;
  /** Drains one output; `undefined` when there is nothing more to do now. */
  poll(now: Instant): Output | undefined;
  /** When `poll` wants to be called again although nothing arrived; `undefined` for never. */
  readonly deadline: Instant | undefined;
}

/** A one-shot timer handle. */
export interface Timer {
  cancel(): void;
}

/** Time: a monotonic clock that also wakes. */
export interface Clock {
  now(): Instant;
  /** Wall clock, milliseconds since 1970-01-01T00:00:00Z: for certificates and logs, never for time-outs. */
  wallTime(): number;
  /** Calls back once at `at`, or as soon as possible when `at` has passed. */
  wakeAt(at: Instant, callback: () => void): Timer;
}

/** A source of cryptographically secure random bytes. */
export interface Entropy {
  /**
   * Fills `target` with fresh random bytes.
   * @throws SelvageError `entropy-failed` when the source fails; it then fails for good, and nothing may go on.
   */
  fill(target: Uint8Array): void;
}

/** Where a datagram came from or goes to. Equal addresses have equal `key`s. */
export interface PeerAddress {
  /** A canonical text that names the peer on this port, such as `127.0.0.1:5684` or `[fe80::1%lo]:5684`. */
  readonly key: string;
}

/** A port that carries datagrams to and from many peers. */
export interface DatagramPort<Address extends PeerAddress = PeerAddress> {
  /** The largest payload that one datagram carries, in bytes. */
  readonly maximumPayload: number;
  send(payload: Uint8Array, to: Address): void;
  /** Sets the one receiver. The bytes belong to the receiver. */
  onDatagram(receiver: (payload: Uint8Array, from: Address) => void): void;
  close(): void;
}

/** A durable map from names to bytes. Resolved means durable: it survives a power cut. */
export interface Store {
  get(name: string): Promise<Uint8Array | undefined>;
  /** Replaces the value atomically. */
  put(name: string, value: Uint8Array): Promise<void>;
  delete(name: string): Promise<void>;
  names(): Promise<string[]>;
}
