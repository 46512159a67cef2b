import type { CryptoCore } from '../core.js';
import { nativeEd25519 } from './ed25519.js';
import { nativeP256 } from './p256.js';
import { nativeSymmetric } from './symmetric.js';

/** The engine on OpenSSL: AES-NI, nistz256, constant time. */
export const nativeCore: CryptoCore = { ...nativeSymmetric, p256: nativeP256, ed25519: nativeEd25519 };
