import { type PeerAddress, toHex } from '@selvage/core';
import type { RelayedJoiner } from '../relay/relay-messages.js';

const universalBit = 0x02;

/** A joiner behind a joiner router: where the commissioner's sessions go to. */
export class RelayAddress implements PeerAddress, RelayedJoiner {
  readonly interfaceId: Uint8Array;
  readonly udpPort: number;
  readonly locator: number;

  constructor({ interfaceId, udpPort, locator }: RelayedJoiner) {
    this.interfaceId = interfaceId;
    this.udpPort = udpPort;
    this.locator = locator;
  }

  /** The joiner router belongs to it: no other may take a session over. */
  get key(): string {
    return `${toHex(this.interfaceId)}:${this.udpPort}@${this.locator.toString(16)}`;
  }

  /** The joiner's extended address while it joins. */
  get joinerId(): Uint8Array {
    const id = this.interfaceId.slice();
    id[0] = (id[0] as number) ^ universalBit;
    return id;
  }
}
