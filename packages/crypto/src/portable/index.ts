export { constantTimeEqual } from '../constant-time.js';
export type * from '../core.js';
export { EcJpake, type EcJpakeOptions, type EcJpakeRole } from '../ecjpake/ec-jpake.js';
export { ecjpakeKeyKp, ecjpakeKeyKpPairList, serverEcjpakeParams } from '../ecjpake/wire.js';
export { portableCore } from './core.js';
