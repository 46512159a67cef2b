import type { CborInput, CborValue, DatagramPort, Store } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import type { KeyHome } from '@selvage/crypto';
import type { UpdateStatus } from '../boot/update-state.js';

/** A datagram port that the board grants, and where it is reached. */
export interface GrantedPort extends DatagramPort<UdpAddress> {
  /** Its own addresses; no two of one reach. */
  readonly locals: readonly UdpAddress[];
}

/** The way to the other slot, as {@link FirmwareUpdate} has it: what is in it is verified by the board. */
export interface GrantedUpdate {
  status(): Promise<UpdateStatus>;
  /** Erases the other slot for an image of `size` bytes. @throws SelvageError `payload-too-large`, `wrong-state` */
  begin(size: number): Promise<void>;
  /** Writes the bytes that come next; pieces of 64 KiB fit. @throws SelvageError `wrong-state`, `invalid-argument` */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Has the image verified. @throws SelvageError `image-refused`, `rollback-refused`, `wrong-state` */
  finish(): Promise<void>;
  /** Has the image tried at the next start. @throws SelvageError `wrong-state` */
  install(): Promise<void>;
  cancel(): Promise<void>;
  clean(): Promise<void>;
  /** Keeps what runs; nothing to do where it is not on trial. */
  confirm(): Promise<void>;
  /** Drops what runs on trial, or is to be tried. */
  reject(): Promise<void>;
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
