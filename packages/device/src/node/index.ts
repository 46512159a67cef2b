export { BoardProcess, type BoardProcessOptions } from './board/board-process.js';
export { eachLine } from './board/lines.js';
export {
  type BoardCommand,
  type BoardNews,
  type BoardNewsOf,
  type BootedImage,
  type JsonError,
  revived,
} from './board/news.js';
