import type { CborInput, CborValue, DatagramPort, Store } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import type { KeyHome } from '@selvage/crypto';

/** A datagram port that the board grants, and where it is reached. */
export interface GrantedPort extends DatagramPort<UdpAddress> {
  /** Its own addresses; no two of one reach. */
  readonly locals: readonly UdpAddress[];
}

/** What firmware is given. */
export interface GrantedApi {
  readonly keys: KeyHome;
  readonly store: Store;
  readonly facts: CborValue;
  ports(name: string): Promise<GrantedPort>;
  attest(nonce: Uint8Array): Promise<Uint8Array>;
  show(peripheral: string, value: CborInput): void;
  onInput(listener: (peripheral: string, value: CborValue) => void): void;
  readonly update: { confirm(): Promise<void> };
  log(line: string): void;
}
