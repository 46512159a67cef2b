import type { HashAlgorithm } from '../core.js';
import type { KeyHandle } from './key-handle.js';
import type { KeyHome } from './key-home.js';

/** What an engine that signs hands out, such as DTLS's `key-operation`. */
export interface SignOperation {
  readonly key: KeyHandle;
  readonly hash: HashAlgorithm;
  readonly message: Uint8Array;
}

/** Answers an engine's sign operations with the keys of a home; it rejects as {@link KeyHome.sign} does. */
export function signerOf(home: KeyHome): (operation: SignOperation) => Promise<Uint8Array> {
  return ({ key, hash, message }) =>
    home.sign({ handle: key, hash: key.algorithm === 'ed25519' ? undefined : hash, message });
}
