import type { CryptoCore } from '../core.js';

/** An engine without its curves. */
export type SymmetricCore = Omit<CryptoCore, 'p256' | 'ed25519'>;
