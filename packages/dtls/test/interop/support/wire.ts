import type { DatagramPort } from '@selvage/core';
import { type UdpAddress, UdpPort } from '@selvage/core/node';

/** One datagram that passed our port. */
export interface Passed {
  readonly direction: 'sent' | 'received';
  readonly payload: Uint8Array;
  readonly peer: UdpAddress;
}

/** A UDP port on the loopback that remembers what passes. */
export class Wire implements DatagramPort<UdpAddress> {
  readonly passed: Passed[] = [];
  readonly maximumPayload: number;
  readonly #port: UdpPort;

  private constructor(port: UdpPort) {
    this.#port = port;
    this.maximumPayload = port.maximumPayload;
  }

  static async open(address = '127.0.0.1'): Promise<Wire> {
    return new Wire(await UdpPort.bind({ address }));
  }

  get local(): UdpAddress {
    return this.#port.local;
  }

  send(payload: Uint8Array, to: UdpAddress): void {
    this.passed.push({ direction: 'sent', payload: payload.slice(), peer: to });
    this.#port.send(payload, to);
  }

  onDatagram(receiver: (payload: Uint8Array, from: UdpAddress) => void): void {
    this.#port.onDatagram((payload, from) => {
      this.passed.push({ direction: 'received', payload: payload.slice(), peer: from });
      receiver(payload, from);
    });
  }

  close(): void {
    this.#port.close();
  }

  /** The largest datagram that passed. */
  largest(direction: Passed['direction']): number {
    const lengths = this.passed.filter((entry) => entry.direction === direction).map(({ payload }) => payload.length);
    return Math.max(...lengths);
  }
}
