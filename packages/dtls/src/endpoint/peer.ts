import { type HeapEntry, type PeerAddress, toHex } from '@selvage/core';
import type { DtlsConnection } from '../connection/connection.js';

/** One peer of an endpoint: a connection and where it is reached. Its identity is the object itself. */
export class DtlsPeer<Address extends PeerAddress = PeerAddress> {
  /** Where the peer's newest record came from; moves only with a connection ID (RFC 9146 §6). */
  address: Address;
  readonly role: 'client' | 'server';
  readonly connection: DtlsConnection;
  /** The random of the ClientHello that a server's handshake started with, while the handshake lasts. */
  clientRandom: Uint8Array | undefined;
  readonly connectionId: Uint8Array | undefined;
  /** Whether a server's handshake started with a cookie. */
  readonly broughtCookie: boolean;
  /** Entry in the endpoint's heap of deadlines. */
  timer: HeapEntry<DtlsPeer<Address>> | undefined;

  constructor(
    address: Address,
    role: 'client' | 'server',
    connection: DtlsConnection,
    start: {
      readonly clientRandom?: Uint8Array | undefined;
      readonly connectionId?: Uint8Array | undefined;
      readonly broughtCookie?: boolean;
    },
  ) {
    this.address = address;
    this.role = role;
    this.connection = connection;
    this.clientRandom = start.clientRandom;
    this.connectionId = start.connectionId;
    this.broughtCookie = start.broughtCookie ?? true;
  }

  get connectionIdKey(): string | undefined {
    return this.connectionId && toHex(this.connectionId);
  }
}
