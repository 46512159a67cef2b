/** What of the hardware layer touches files and processes. */
export { FileCounter, type FileCounterOptions } from './board/file-counter.js';
export { inheritedStream, nodeSchedule, socketStream } from './channel/socket-stream.js';
