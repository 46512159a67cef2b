import { SelvageError } from '@selvage/core';
import type { CryptoCore, Ed25519, P256 } from '../core.js';
import { nativeSymmetric } from './symmetric.js';

export const nativeCore: CryptoCore = {
  ...nativeSymmetric,
  get p256(): P256 {
    throw new SelvageError('internal', 'this engine has no P-256');
  },
  get ed25519(): Ed25519 {
    throw new SelvageError('internal', 'this engine has no Ed25519');
  },
};
