import type { CryptoCore } from '../core.js';
import { portableEd25519 } from './ed25519.js';
import { portableP256 } from './p256.js';
import { portableSymmetric } from './symmetric.js';

export const portableCore: CryptoCore = { ...portableSymmetric, p256: portableP256, ed25519: portableEd25519 };
