import type { Entropy } from '@selvage/core';

/** The hashes of both stacks, FIPS 180-4. */
export type HashAlgorithm = 'sha256' | 'sha384' | 'sha512';

/** A hash in progress. */
export interface RunningHash {
  update(data: Uint8Array): this;
  /** The digest of all that went in so far; the hash can go on afterwards. */
  digest(): Uint8Array;
}

/** Authenticated encryption under one key, the nonce given for every message. */
export interface Aead {
  readonly nonceLength: number;
  readonly tagLength: number;
  /** Returns ciphertext ‖ tag. A nonce must never be used twice under one key. */
  seal(nonce: Uint8Array, associatedData: Uint8Array, plaintext: Uint8Array): Uint8Array;
  /** Returns the plaintext, or `undefined` when the message is not authentic. */
  open(nonce: Uint8Array, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
  /** Forgets the key. */
  destroy(): void;
}

/** How a counter becomes a CCM nonce: `template` with the counter written big-endian at `offset`. */
export interface CountedNonce {
  /** The nonce with zeroes where the counter goes; its length (7 to 13 bytes) is the nonce length. */
  readonly template: Uint8Array;
  readonly offset: number;
  /** Bytes of the counter: 4 (IEEE 802.15.4 frame counter), 6 (DTLS sequence number) or 8 (DTLS epoch and sequence number). */
  readonly length: 4 | 6 | 8;
}

/**
 * AES-CCM for a stream of packets that one counter numbers: the hot path of DTLS records and 802.15.4 frames.
 * An engine may prepare the key stream of the counters to come; `rest()` (or the engine itself, for the least
 * recently used) drops what was prepared, and the next packet builds it again.
 */
export interface CountedCcm {
  readonly tagLength: number;
  /** Bytes of plaintext to `target` at `offset` as ciphertext ‖ tag; returns the bytes written. `target` may hold the plaintext in place. */
  sealInto(
    counter: number,
    associatedData: Uint8Array,
    plaintext: Uint8Array,
    target: Uint8Array,
    offset: number,
  ): number;
  /** Returns the plaintext, or `undefined` when the packet is not authentic. */
  open(counter: number, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
  /**
   * The same for a packet whose nonce carries any bytes in the counter's place, as a peer may choose them (RFC 6655 §3
   * leaves a record's explicit nonce to its sender). Nothing is prepared for it.
   * @param counterBytes as many as the counter has.
   */
  openWith(counterBytes: Uint8Array, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
  rest(): void;
  destroy(): void;
}

/** AES-CBC without padding: whole blocks in, whole blocks out. */
export interface BlockChain {
  encrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array;
  decrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array;
  destroy(): void;
}

/** A private and a public P-256 key: a big-endian scalar of 32 bytes, an uncompressed point `04 ‖ x ‖ y` of 65. */
export interface P256KeyPair {
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** scalar·point; without a point, of the generator. */
export interface P256Term {
  readonly scalar: Uint8Array;
  readonly point?: Uint8Array | undefined;
}

/**
 * P-256 (secp256r1). Points are uncompressed, 65 bytes; scalars 32 bytes big-endian. Every point that comes in is
 * checked to be on the curve and not the identity; what is not throws `SelvageError` `invalid-point`, a scalar outside
 * [1, n−1] `invalid-scalar`. The identity as a result throws `identity-point`.
 */
export interface P256 {
  generateKeyPair(entropy: Entropy): P256KeyPair;
  publicKey(privateKey: Uint8Array): Uint8Array;
  /** Whether the bytes are an uncompressed point on the curve. */
  isPoint(bytes: Uint8Array): boolean;
  /** x coordinate of `privateKey`·`publicKey`, 32 bytes (SEC 1 §3.3.1). */
  sharedSecret(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array;
  multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array;
  /** a·`point` and b·`point`, for less than two multiplications. */
  multiplyBoth(a: Uint8Array, b: Uint8Array, point: Uint8Array): readonly [Uint8Array, Uint8Array];
  add(a: Uint8Array, b: Uint8Array): Uint8Array;
  negate(point: Uint8Array): Uint8Array;
  /**
   * Whether `sum` = a + b: how a Schnorr proof is checked, at a fraction of what two multiplications cost. Only for
   * public values: the time may depend on them. Points and scalars are checked as everywhere.
   */
  isSum(sum: Uint8Array, a: P256Term, b: P256Term): boolean;
  /** ECDSA over `hash`(message); the signature in DER (RFC 3279 §2.2.3). */
  sign(privateKey: Uint8Array, hash: HashAlgorithm, message: Uint8Array): Uint8Array;
  /** Whether a strict-DER signature is good. Never throws for a bad signature; a bad public key is `false` too. */
  verify(publicKey: Uint8Array, hash: HashAlgorithm, message: Uint8Array, signature: Uint8Array): boolean;
}

/** Ed25519 (RFC 8032): seeds and public keys of 32 bytes, signatures of 64. */
export interface Ed25519 {
  publicKey(seed: Uint8Array): Uint8Array;
  sign(seed: Uint8Array, message: Uint8Array): Uint8Array;
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** The primitives both stacks stand on. Every operation here is synchronous; long-lived keys live behind `KeyHome`. */
export interface CryptoCore {
  /** `native` (OpenSSL through node:crypto) or `portable` (JavaScript alone). */
  readonly engine: string;

  createHash(algorithm: HashAlgorithm): RunningHash;
  hash(algorithm: HashAlgorithm, ...parts: Uint8Array[]): Uint8Array;
  hmac(algorithm: HashAlgorithm, key: Uint8Array, ...parts: Uint8Array[]): Uint8Array;
  /** HKDF, RFC 5869. */
  hkdf(algorithm: HashAlgorithm, secret: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array;
  /** P_hash of TLS 1.2, RFC 5246 §5: without a label. */
  tlsPHash(algorithm: HashAlgorithm, secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array;
  /** PRF of TLS 1.2, RFC 5246 §5: P_hash(secret, label ‖ seed). */
  tlsPrf(algorithm: HashAlgorithm, secret: Uint8Array, label: string, seed: Uint8Array, length: number): Uint8Array;
  pbkdf2HmacSha256(password: Uint8Array, salt: Uint8Array, iterations: number, length: number): Uint8Array;
  /** PBKDF2 with PRF AES-CMAC-PRF-128 (RFC 4615): Thread's passphrase to PSKc. */
  pbkdf2AesCmacPrf128(password: Uint8Array, salt: Uint8Array, iterations: number, length: number): Uint8Array;
  /** AES-CMAC, RFC 4493, with a key of 16 or 32 bytes. */
  aesCmac(key: Uint8Array, message: Uint8Array): Uint8Array;

  /** AES-CCM, RFC 3610, with a key of 16 or 32 bytes and a nonce of 7 to 13. */
  aesCcm(key: Uint8Array, parameters: { nonceLength: number; tagLength: 4 | 8 | 16 }): Aead;
  aesCcmCounted(key: Uint8Array, parameters: { nonce: CountedNonce; tagLength: 4 | 8 | 16 }): CountedCcm;
  /** AES-GCM, SP 800-38D, nonce 12 bytes, tag 16. */
  aesGcm(key: Uint8Array): Aead;
  aesCbc(key: Uint8Array): BlockChain;
  /** AES-CTR: the whole 16-byte block is the counter. Encrypts and decrypts. */
  aesCtr(key: Uint8Array, counterBlock: Uint8Array, data: Uint8Array): Uint8Array;

  readonly p256: P256;
  readonly ed25519: Ed25519;
}
