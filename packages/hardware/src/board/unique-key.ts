import { type Entropy, Secret, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';

/** Length of the key that no two chips have alike, bytes. */
export const uniqueKeyLength = 32;

const utf8 = new TextEncoder();
const salt = utf8.encode('selvage device-unique key');

/** The key that no two chips have alike. Nobody gets it: only keys that are derived from it, each for one purpose. */
export class UniqueKey {
  readonly #core: CryptoCore;
  readonly #secret: Secret;

  /** @throws SelvageError `invalid-length` for a secret that has not 32 bytes */
  constructor(core: CryptoCore, secret: Secret) {
    if (secret.length !== uniqueKeyLength) {
      throw new SelvageError('invalid-length', `a unique key has ${uniqueKeyLength} bytes, this one ${secret.length}`);
    }
    this.#core = core;
    this.#secret = secret;
  }

  /** Draws the secret of a new chip. @throws SelvageError `entropy-failed` */
  static draw(entropy: Entropy): Secret {
    const bytes = new Uint8Array(uniqueKeyLength);
    entropy.fill(bytes);
    const secret = Secret.of(bytes);
    bytes.fill(0);
    return secret;
  }

  /** The key of that length, bytes, for the purpose that the label names: HKDF-SHA-256 (RFC 5869). */
  deriveKey(label: string, length: number): Secret {
    const derived = this.#core.hkdf('sha256', this.#secret.reveal(), salt, utf8.encode(label), length);
    const secret = Secret.of(derived);
    derived.fill(0);
    return secret;
  }
}
