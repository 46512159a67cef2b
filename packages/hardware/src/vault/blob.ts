import {
  constant,
  type Decoded,
  decode,
  encode,
  type Entropy,
  bytes,
  remaining,
  type Secret,
  SelvageError,
  struct,
  u8,
} from '@selvage/core';
import type { Aead, CryptoCore } from '@selvage/crypto';

/** What lies outside: each has a key of its own, so that one nonce serves for all. */
export const blobFormat = struct({ version: constant(u8, 1), salt: bytes(16), sealed: remaining });

const nonce = new Uint8Array(13);
const tagLength = 16;
/** CCM takes this much under a nonce of 13 bytes (RFC 3610 §2). */
const longest = 65_535;
const utf8 = new TextEncoder();

/** Data as blobs that only one client of one device can open, under one label. AES-256-CCM. */
export class Blobs {
  readonly #core: CryptoCore;
  readonly #entropy: Entropy;
  readonly #key: Secret;

  /** @param key 32 bytes that come from the device-unique key, for blobs alone */
  constructor(core: CryptoCore, entropy: Entropy, key: Secret) {
    this.#core = core;
    this.#entropy = entropy;
    this.#key = key;
  }

  /** @throws SelvageError `payload-too-large`, `entropy-failed` */
  seal(context: string, data: Uint8Array): Uint8Array {
    if (data.length > longest) {
      throw new SelvageError('payload-too-large', `${data.length} bytes where one sealed blob takes ${longest}`);
    }
    const salt = new Uint8Array(16);
    this.#entropy.fill(salt);
    const sealed = this.#with(context, salt, (aead) => aead.seal(nonce, utf8.encode(context), data));
    return encode(blobFormat, { version: 1, salt, sealed });
  }

  /** @throws SelvageError `decrypt-error` */
  open(context: string, blob: Uint8Array): Uint8Array {
    const { salt, sealed } = this.#read(blob);
    const data =
      sealed.length < tagLength
        ? undefined
        : this.#with(context, salt, (aead) => aead.open(nonce, utf8.encode(context), sealed));
    if (data === undefined) throw notSealed();
    return data;
  }

  #read(blob: Uint8Array): Decoded<typeof blobFormat> {
    try {
      return decode(blobFormat, blob);
    } catch (cause) {
      throw notSealed(cause);
    }
  }

  #with<T>(context: string, salt: Uint8Array, use: (aead: Aead) => T): T {
    const key = this.#core.hkdf('sha256', this.#key.reveal(), salt, utf8.encode(context), 32);
    const aead = this.#core.aesCcm(key, { nonceLength: nonce.length, tagLength });
    key.fill(0);
    try {
      return use(aead);
    } finally {
      aead.destroy();
    }
  }
}

function notSealed(cause?: unknown): SelvageError {
  return new SelvageError('decrypt-error', 'this was not sealed here, or was changed', { cause });
}
