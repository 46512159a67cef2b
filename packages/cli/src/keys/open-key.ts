import type { Secret } from '@selvage/core';
import type { KeyHandle, KeyHome } from '@selvage/crypto';
import type { Surface } from '../terminal/surface.js';

/** A private key that can be used, wherever it lives. */
export interface OpenKey {
  readonly keys: KeyHome;
  readonly handle: KeyHandle;
  /** Gives its home back. */
  close(): Promise<void>;
}

/** What a key may be opened with. */
export interface KeyOpening {
  readonly surface: Surface;
  /** The passphrase of an encrypted file, asked for where one is needed. */
  readonly passphrase: () => Secret;
}
