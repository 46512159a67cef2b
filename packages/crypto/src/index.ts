export { constantTimeEqual } from './constant-time.js';
export type * from './core.js';
export { EcJpake, type EcJpakeOptions, type EcJpakeRole } from './ecjpake/ec-jpake.js';
export { ecjpakeKeyKp, ecjpakeKeyKpPairList, serverEcjpakeParams } from './ecjpake/wire.js';
export { nativeCore } from './native/index.js';
export { portableCore } from './portable/index.js';
export type { KeyAlgorithm, KeyHandle, KeyUsage } from './keys/key-handle.js';
export type {
  AgreeRequest,
  Derivation,
  DeriveRequest,
  KeyHome,
  KeyPolicy,
  MacRequest,
  SignRequest,
} from './keys/key-home.js';
export { type HeldKey, HeldKeys, type HeldKeysOptions } from './keys/held-keys.js';
export { LocalKeyHome } from './keys/local-key-home.js';
export { derivePublicKey, requireMaterial } from './keys/material.js';
export { checkedPolicy, usagesOf } from './keys/policy.js';
export { type KeyFileProtection, shortestPassphrase, writePrivateKey } from './keys/private-key-writer.js';
export { signerOf } from './keys/signer.js';
export { decodeKey as decodeStoredKey } from './keys/stored-key.js';
export { StoredKeyHome, type StoredKeyHomeOptions } from './keys/stored-key-home.js';
export { sha1 } from './names/sha1.js';
export { decodeSpki, encodeSpki, type PublicKey, type PublicKeyKind } from './keys/spki.js';
export { type FileKey, readPrivateKey } from './native/private-key-file.js';
