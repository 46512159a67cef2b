/** A board in this process's memory: flash and fuses that lose power when a test says so. */
export { VirtualFlash } from './flash.js';
export { VirtualMemory } from './memory.js';
export { type CutMoment, type PowerCut, VirtualPower } from './power.js';
export { VirtualBoard, type VirtualBoardOptions, virtualSlot } from './board.js';
