import type { CryptoCore } from '../core.js';
import { portableEd25519 } from './ed25519.js';
import { portableP256 } from './p256.js';
import { portableSymmetric } from './symmetric.js';

/**
 * The engine in JavaScript alone, for browsers and as the measure of the native one. Its AES works by tables and leaks
 * through the cache: a key that matters belongs to the native engine.
 */
export const portableCore: CryptoCore = { ...portableSymmetric, p256: portableP256, ed25519: portableEd25519 };
