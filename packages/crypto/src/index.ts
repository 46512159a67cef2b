export { constantTimeEqual } from './constant-time.js';
export type * from './core.js';
export { nativeCore } from './native/index.js';
export { portableCore } from './portable/index.js';
