import type { Clock, DatagramPort, Instant } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';

/** A datagram as it passed, with both its ends. */
export interface TappedDatagram {
  readonly from: UdpAddress;
  readonly to: UdpAddress;
  readonly payload: Uint8Array;
  /** Monotonic and wall time, in ms. */
  readonly at: Instant;
  readonly wallTime: number;
}

/** A port that shows every datagram to somebody else before it passes it on. */
export class TappedPort implements DatagramPort<UdpAddress> {
  readonly #port: DatagramPort<UdpAddress> & { readonly local: UdpAddress };
  readonly #clock: Clock;
  readonly #tap: (datagram: TappedDatagram) => void;
  /** What wall time is ahead of monotonic time; the wall clock alone counts whole milliseconds. */
  readonly #ahead: number;

  constructor(
    port: DatagramPort<UdpAddress> & { readonly local: UdpAddress },
    clock: Clock,
    tap: (datagram: TappedDatagram) => void,
  ) {
    this.#port = port;
    this.#clock = clock;
    this.#tap = tap;
    this.#ahead = clock.wallTime() - clock.now();
  }

  get maximumPayload(): number {
    return this.#port.maximumPayload;
  }

  get local(): UdpAddress {
    return this.#port.local;
  }

  send(payload: Uint8Array, to: UdpAddress): void {
    this.#show(this.local, to, payload);
    this.#port.send(payload, to);
  }

  onDatagram(receiver: (payload: Uint8Array, from: UdpAddress) => void): void {
    this.#port.onDatagram((payload, from) => {
      this.#show(from, this.local, payload);
      receiver(payload, from);
    });
  }

  close(): void {
    this.#port.close();
  }

  #show(from: UdpAddress, to: UdpAddress, payload: Uint8Array): void {
    const at = this.#clock.now();
    this.#tap({ from, to, payload: payload.slice(), at, wallTime: at + this.#ahead });
  }
}
