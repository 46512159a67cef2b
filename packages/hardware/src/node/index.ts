/** What of the hardware layer touches files and processes. */
export { type BoardPaths, boardPaths } from './board/board-paths.js';
export { createBoard, type NewBoardOptions, usualSlot } from './board/create-board.js';
export { type BoardFileOptions, FileBoard, openBoard } from './board/file-board.js';
export { FileCounter, type FileCounterOptions } from './board/file-counter.js';
export { FileFlash } from './board/file-flash.js';
export { inheritedStream, nodeSchedule, socketStream } from './channel/socket-stream.js';
export { type OpenPkcs11Key, openPkcs11Home, openPkcs11Key } from './pkcs11/open-key.js';
export { Pkcs11KeyHome, type Pkcs11KeyHomeOptions } from './pkcs11/pkcs11-key-home.js';
export type { TokenChoice, TokenOptions } from './pkcs11/token.js';
export { SealedLogFile } from './vault/sealed-log-file.js';
export { FolderVault, type FolderVaultOptions } from './vault/folder-vault.js';
export { VaultProcess, type VaultProcessOptions } from './vault/vault-process.js';
export {
  type Confinement,
  confinements,
  type Isolation,
  usualResources,
  type WorldResources,
} from './world/confinement.js';
export {
  type HandedProcess,
  handedStdio,
  type HandedWorld,
  type HandOver,
  handOver,
} from './world/handed-world.js';
export { type HeldProcess, holdNormalWorld, type HoldOptions, type WorldEnd } from './world/held-process.js';
export {
  type IsolationPolicy,
  type NormalWorld,
  type NormalWorldOptions,
  startNormalWorld,
} from './world/normal-world.js';
export { partSeparator } from './world/loader.js';
export type { OutputListener } from './world/output.js';
