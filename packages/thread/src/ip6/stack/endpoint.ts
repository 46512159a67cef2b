import type { PeerAddress } from '@selvage/core';
import { ip6Text, parseIp6 } from '../address/text.js';

/** An IPv6 address and a UDP port on the mesh. */
export class Ip6Endpoint implements PeerAddress {
  /** 16 bytes, which nobody changes. */
  readonly address: Uint8Array;
  readonly port: number;
  #key: string | undefined;

  constructor(address: Uint8Array, port: number) {
    this.address = address;
    this.port = port;
  }

  /** `[fd00::1]:5683`: made when somebody asks, as it costs as much as the rest of a datagram. */
  get key(): string {
    this.#key ??= `[${ip6Text(this.address)}]:${this.port}`;
    return this.#key;
  }

  toJSON(): string {
    return this.key;
  }
}

/**
 * The endpoint of an address in text.
 * @throws SelvageError `address-invalid`
 */
export function ip6Endpoint(address: string, port: number): Ip6Endpoint {
  return new Ip6Endpoint(parseIp6(address), port);
}
