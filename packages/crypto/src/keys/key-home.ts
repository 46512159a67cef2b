import type { Secret } from '@selvage/core';
import type { HashAlgorithm } from '../core.js';
import type { KeyAlgorithm, KeyHandle, KeyUsage } from './key-handle.js';

/** What a key is to be, and what may be done with it: fixed for its life. */
export interface KeyPolicy {
  readonly algorithm: KeyAlgorithm;
  /** At least one, all of them among what {@link usagesOf} the algorithm allows. */
  readonly usages: readonly KeyUsage[];
}

/** A signature over `message`: DER (RFC 3279 §2.2.3) for ECDSA, 64 bytes (RFC 8032) for Ed25519. */
export interface SignRequest {
  readonly handle: KeyHandle;
  /** What ECDSA hashes with; absent for Ed25519, which has its own hash. */
  readonly hash?: HashAlgorithm | undefined;
  readonly message: Uint8Array;
}

/** The x coordinate of key·`publicKey`, 32 bytes. */
export interface AgreeRequest {
  readonly handle: KeyHandle;
  /** The peer's uncompressed point. */
  readonly publicKey: Uint8Array;
}

/** HMAC-SHA-256 of a message, 32 bytes. */
export interface MacRequest {
  readonly handle: KeyHandle;
  readonly message: Uint8Array;
}

/** How session keys come from a long-lived key. */
export type Derivation =
  | {
      readonly kind: 'hkdf';
      readonly hash: HashAlgorithm;
      readonly salt: Uint8Array;
      readonly info: Uint8Array;
      readonly length: number;
    }
  | {
      readonly kind: 'tls-prf';
      readonly hash: HashAlgorithm;
      readonly label: string;
      readonly seed: Uint8Array;
      readonly length: number;
    }
  /** HMAC-SHA-256(key, input), 32 bytes: how Thread makes MAC and MLE keys of the network key and a sequence. */
  | { readonly kind: 'hmac-sha256'; readonly input: Uint8Array };

/** Session keys from a long-lived key. */
export interface DeriveRequest {
  readonly handle: KeyHandle;
  readonly derivation: Derivation;
}

/**
 * Where long-lived keys live: this process, the vault process, a PKCS#11 token. Keys go in or are made there; no
 * operation lets a private or parent key out. What a key may do is what the home has on record for the handle's `id`:
 * a handle that says otherwise changes nothing.
 *
 * Every operation on a handle can reject with SelvageError `key-not-found` (unknown here, or destroyed),
 * `key-usage-refused` (not among the key's usages) and `key-operation-failed` (the home itself fails).
 */
export interface KeyHome {
  /** @throws SelvageError `invalid-argument` for a policy without usages or with wrong ones, `entropy-failed` */
  generate(policy: KeyPolicy): Promise<KeyHandle>;
  /**
   * Takes a copy of a key: a P-256 scalar or an Ed25519 seed of 32 bytes, 16 bytes or more for symmetric keys.
   * @throws SelvageError `invalid-argument` for the policy, `invalid-key` for the key, `entropy-failed`
   */
  importKey(policy: KeyPolicy, key: Secret): Promise<KeyHandle>;
  /** The public key as in {@link KeyHandle}. @throws SelvageError `key-usage-refused` for a symmetric key */
  publicKey(handle: KeyHandle): Promise<Uint8Array>;
  /** @throws SelvageError `invalid-argument` for a missing or needless hash */
  sign(request: SignRequest): Promise<Uint8Array>;
  /** @throws SelvageError `invalid-point` */
  agree(request: AgreeRequest): Promise<Uint8Array>;
  mac(request: MacRequest): Promise<Uint8Array>;
  /** @throws SelvageError `invalid-length` */
  derive(request: DeriveRequest): Promise<Uint8Array>;
  /** Forgets the key for good. */
  destroy(handle: KeyHandle): Promise<void>;
  /** All keys that live here, oldest first. */
  list(): Promise<readonly KeyHandle[]>;
}
