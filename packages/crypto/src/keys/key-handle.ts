/** What a long-lived key is for. */
export type KeyAlgorithm = 'ecdsa-p256' | 'ecdh-p256' | 'ed25519' | 'hmac-sha256' | 'derive';

/** What may be done with a key; everything else is refused. */
export type KeyUsage = 'sign' | 'agree' | 'derive' | 'mac';

/**
 * A name for a long-lived private or symmetric key that lives somewhere else: in this process, in the vault process, or
 * in a PKCS#11 token. Whoever holds the handle can have the key used, and never sees it.
 */
export interface KeyHandle {
  readonly id: string;
  readonly algorithm: KeyAlgorithm;
  readonly usages: readonly KeyUsage[];
  /** P-256: an uncompressed point of 65 bytes; Ed25519: 32 bytes; `undefined` for symmetric keys. */
  readonly publicKey: Uint8Array | undefined;
}
