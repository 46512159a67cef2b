export { constantTimeEqual } from './constant-time.js';
export type * from './core.js';
export { EcJpake, type EcJpakeOptions, type EcJpakeRole } from './ecjpake/ec-jpake.js';
export { ecjpakeKeyKp, ecjpakeKeyKpPairList, serverEcjpakeParams } from './ecjpake/wire.js';
export { nativeCore } from './native/index.js';
export { portableCore } from './portable/index.js';
export type { KeyAlgorithm, KeyHandle, KeyUsage } from './keys/key-handle.js';
