import type { HashAlgorithm } from '@selvage/crypto';

/** Bytes of a digest. */
export const digestLengths: Readonly<Record<HashAlgorithm, number>> = { sha256: 32, sha384: 48, sha512: 64 };
