import type { CborInput, CborValue, DatagramPort, Store } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import type { KeyHome } from '@selvage/crypto';

/** A datagram port that the board grants, and where it is reached. */
export interface GrantedPort extends DatagramPort<UdpAddress> {
  /** Its own addresses; no two of one reach. */
  readonly locals: readonly UdpAddress[];
}

/** Where a firmware update stands, in the states of PSA Firmware Update. */
export interface UpdateStatus {
  readonly state: 'ready' | 'writing' | 'candidate' | 'staged' | 'failed' | 'trial' | 'rejected' | 'updated';
  /** The version that runs, such as `1.2.0`. */
  readonly running: string;
  /** Whether what runs is dropped at the next start unless it confirms itself. */
  readonly trial: boolean;
  /** Bytes that the other slot holds at most. */
  readonly capacity: number;
}

/** The way to the other slot. What is in it is verified by the boot ROM, not here. */
export interface GrantedUpdate {
  status(): Promise<UpdateStatus>;
  /** Makes room for an image of `size` bytes. @throws SelvageError `payload-too-large`, `wrong-state` */
  begin(size: number): Promise<void>;
  /** Writes on, from front to back. @throws SelvageError `wrong-state`, `invalid-argument` */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Has the image tried at the next start. @throws SelvageError `image-refused`, `rollback-refused`, `wrong-state` */
  finish(): Promise<void>;
  /** Keeps what runs; nothing to do where it is not on trial. */
  confirm(): Promise<void>;
}

/** What firmware is given of the world, and all that it is given. */
export interface GrantedApi {
  /** The keys that the firmware made, and those that it may use. */
  readonly keys: KeyHome;
  /** Its name space of the sealed store. */
  readonly store: Store;
  /** What the board says of itself. */
  readonly facts: CborValue;
  /**
   * Opens a port, once.
   * @throws SelvageError `access-denied` for one that the board does not grant, `wrong-state` for one that is open
   */
  ports(name: string): Promise<GrantedPort>;
  /** A token over what was booted, for a nonce of 32, 48 or 64 bytes. */
  attest(nonce: Uint8Array): Promise<Uint8Array>;
  /** Shows something at a peripheral. */
  show(peripheral: string, value: CborInput): void;
  /** Sets the one listener for buttons, sensors and orders. */
  onInput(listener: (peripheral: string, value: CborValue) => void): void;
  /** Sets what is done before the board stops the firmware; it has a moment for it, and no more. */
  onStop(farewell: () => void | Promise<void>): void;
  readonly update: GrantedUpdate;
  /** A line for the board's log. */
  log(line: string): void;
}
