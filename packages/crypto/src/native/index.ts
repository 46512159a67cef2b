export { nativeCore } from './core.js';
