import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { HashAlgorithm, RunningHash } from '../core.js';

const functions = { sha256, sha384, sha512 } as const;

/** The hash function of @noble/hashes by its name here. */
export function hashFunction(algorithm: HashAlgorithm): (typeof functions)[HashAlgorithm] {
  return functions[algorithm];
}

export function createHash(algorithm: HashAlgorithm): RunningHash {
  return new PortableHash(functions[algorithm].create());
}

type NobleHash = ReturnType<(typeof functions)[HashAlgorithm]['create']>;

class PortableHash implements RunningHash {
  readonly #hash: NobleHash;

  constructor(hash: NobleHash) {
    this.#hash = hash;
  }

  update(data: Uint8Array): this {
    this.#hash.update(data);
    return this;
  }

  digest(): Uint8Array {
    return this.#hash.clone().digest();
  }
}

export function hash(algorithm: HashAlgorithm, ...parts: Uint8Array[]): Uint8Array {
  const running = functions[algorithm].create();
  for (const part of parts) {
    running.update(part);
  }
  return running.digest();
}

export function hmac(algorithm: HashAlgorithm, key: Uint8Array, ...parts: Uint8Array[]): Uint8Array {
  const running = nobleHmac.create(functions[algorithm], key);
  for (const part of parts) {
    running.update(part);
  }
  return running.digest();
}
