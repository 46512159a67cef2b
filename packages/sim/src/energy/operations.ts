/** How often something was computed that takes a microcontroller a time worth counting. */
export interface Operations {
  /** k·G on P-256. */
  readonly baseMultiplications: number;
  /** k·Q on P-256. */
  readonly multiplications: number;
  readonly signatures: number;
  readonly verifications: number;
  readonly aesBlocks: number;
  /** 64 bytes of SHA-256. */
  readonly hashBlocks: number;
}

export const noOperations: Operations = {
  baseMultiplications: 0,
  multiplications: 0,
  signatures: 0,
  verifications: 0,
  aesBlocks: 0,
  hashBlocks: 0,
};

const [aesBlock, hashBlock] = [16, 64] as const;
/** Bytes that a hash's padding adds at least (FIPS 180-4 §5.1.1). */
const padding = 9;
/** Bytes that announce associated data (RFC 3610 §2.2). */
const announcement = 2;

/**
 * Blocks of AES in one message of CCM (RFC 3610): B_0, the associated data, the message twice, and the block that hides
 * the tag.
 */
export function ccmBlocks(associatedLength: number, messageLength: number): number {
  const associated = associatedLength === 0 ? 0 : Math.ceil((announcement + associatedLength) / aesBlock);
  return 2 + associated + 2 * Math.ceil(messageLength / aesBlock);
}

/** Whole or begun blocks of AES. */
export function blocksOf(length: number): number {
  return Math.ceil(length / aesBlock);
}

/** Blocks of one digest of SHA-256. */
export function digestBlocks(length: number): number {
  return Math.ceil((length + padding) / hashBlock);
}

/** Blocks of one HMAC-SHA-256 (RFC 2104): two keys, the message, and the digest of 32 bytes. */
export function hmacBlocks(keyLength: number, length: number): number {
  const shortened = keyLength > hashBlock ? digestBlocks(keyLength) : 0;
  return shortened + digestBlocks(hashBlock + length) + 2;
}
