export { type CellCheck, hashCheck, keyedCheck } from './board/cell-format.js';
export { CellCounter } from './board/cell-counter.js';
export type { Memory } from './board/memory.js';
export { highestCount, type MonotonicCounter } from './board/monotonic-counter.js';
