export { heapInUse } from './heap.js';
