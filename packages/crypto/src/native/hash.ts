import { createHash as openHash, createHmac, type Hash } from 'node:crypto';
import type { HashAlgorithm, RunningHash } from '../core.js';
import { plainBytes } from './bytes.js';

export function createHash(algorithm: HashAlgorithm): RunningHash {
  return new NativeHash(openHash(algorithm));
}

class NativeHash implements RunningHash {
  readonly #hash: Hash;

  constructor(hash: Hash) {
    this.#hash = hash;
  }

  update(data: Uint8Array): this {
    this.#hash.update(data);
    return this;
  }

  digest(): Uint8Array {
    return plainBytes(this.#hash.copy().digest());
  }
}

export function hash(algorithm: HashAlgorithm, ...parts: Uint8Array[]): Uint8Array {
  const running = openHash(algorithm);
  for (const part of parts) {
    running.update(part);
  }
  return plainBytes(running.digest());
}

export function hmac(algorithm: HashAlgorithm, key: Uint8Array, ...parts: Uint8Array[]): Uint8Array {
  const running = createHmac(algorithm, key);
  for (const part of parts) {
    running.update(part);
  }
  return plainBytes(running.digest());
}
