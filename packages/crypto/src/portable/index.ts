export { constantTimeEqual } from '../constant-time.js';
export type * from '../core.js';
export { portableCore } from './core.js';
