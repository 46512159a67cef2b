export { snapshotFiles, snapshotStamp } from './board/secure-world-program.js';
export { BoardProcess, type BoardProcessOptions } from './board/board-process.js';
export { eachLine } from './board/lines.js';
export {
  type BoardCommand,
  type BoardNews,
  type BoardNewsOf,
  type BootedImage,
  type JsonError,
  type MeshPlace,
  revived,
} from './board/news.js';
export { firmwarePayload, firmwarePayloadPath } from './factory/firmware-payload.js';
export { type AirPlace, type Hearing, heard } from './board/setting.js';
export { implementationId } from './secure-world/implementation.js';
export type { BoardJoiner } from './board/joiner-record.js';
export { type BoardPlan, provisionBoard } from './factory/provision-board.js';
