import {
  bytesEqual,
  type Codec,
  decode,
  decodeCbor,
  type Entropy,
  Secret,
  SelvageError,
  systemEntropy,
} from '@selvage/core';
import {
  type DirectoryLock,
  type FileSystem,
  lockDirectory,
  nodeFileSystem,
  orStoreFailed,
  type Processes,
  systemProcesses,
} from '@selvage/core/node';
import { type CryptoCore, nativeCore } from '@selvage/crypto';
import { Board, type BoardParts, type BoardState, readState } from '../../board/board.js';
import { type CellCheck, checkLength, hashCheck, keyedCheck } from '../../board/cell-format.js';
import { twoCellsSize } from '../../board/two-cells.js';
import { UniqueKey } from '../../board/unique-key.js';
import { type BoardPaths, boardPaths } from './board-paths.js';
import { descriptionFile, uniqueKeyFile } from './chip-format.js';
import { FileCounters } from './file-counters.js';
import { FileFlash } from './file-flash.js';
import { FileMemory } from './file-memory.js';

/** What a board in files stands on: this machine where nothing else is said. */
export interface BoardFileOptions {
  readonly core?: CryptoCore | undefined;
  readonly entropy?: Entropy | undefined;
  readonly files?: FileSystem | undefined;
  readonly processes?: Processes | undefined;
}

interface Closeable {
  close(): Promise<void>;
}

/**
 * Powers on the board in a folder, for this process alone.
 * @throws SelvageError `file-not-found` where there is no board, `store-in-use` with the other's `pid`, `store-failed`
 */
export async function openBoard(folder: string, options: BoardFileOptions = {}): Promise<FileBoard> {
  const { files = nodeFileSystem, processes = systemProcesses } = options;
  if (!(await hasBoard(folder, files))) {
    throw new SelvageError('file-not-found', `there is no board in ${folder}`, { details: { folder } });
  }
  const lock = await orStoreFailed('lock', folder, () => lockDirectory(folder, files, processes));
  try {
    return await FileBoard.open(folder, options, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Whether a folder has a board: its chip is the last to get its name. */
export async function hasBoard(folder: string, files: FileSystem): Promise<boolean> {
  const entries = await orStoreFailed('open', folder, () => files.list(folder).catch(absent));
  return entries.includes('chip');
}

/** A board in files, with its power on, until it is closed. */
export class FileBoard extends Board {
  readonly paths: BoardPaths;
  readonly #open: readonly Closeable[];
  readonly #lock: DirectoryLock;

  private constructor(
    { parts, open }: { readonly parts: BoardParts; readonly open: readonly Closeable[] },
    { state, paths, lock }: { readonly state: BoardState; readonly paths: BoardPaths; readonly lock: DirectoryLock },
  ) {
    super(parts, state);
    this.paths = paths;
    this.#open = open;
    this.#lock = lock;
  }

  /** Opens the board under a lock that the caller has taken, and that is the board's when this returns. */
  static async open(folder: string, options: BoardFileOptions, lock: DirectoryLock): Promise<FileBoard> {
    const paths = boardPaths(folder);
    const opened = await openParts(paths, options);
    try {
      return new FileBoard(opened, { state: await readState(opened.parts), paths, lock });
    } catch (error) {
      for (const one of opened.open) await one.close();
      throw error;
    }
  }

  /** Powers the board off. Another process can open it then. */
  async close(): Promise<void> {
    for (const one of this.#open) await one.close();
    await this.#lock.release();
  }
}

async function openParts(
  paths: BoardPaths,
  { core = nativeCore, entropy = systemEntropy, files = nodeFileSystem }: BoardFileOptions,
): Promise<{ parts: BoardParts; open: readonly Closeable[] }> {
  const { key } = await readChecked(paths.uniqueKey, uniqueKeyFile, { files, check: hashCheck(core) });
  const secret = Secret.of(key);
  key.fill(0);
  const uniqueKey = new UniqueKey(core, secret);
  const check = keyedCheck(core, uniqueKey.deriveKey('description', 32).reveal());
  const { facts, ...geometry } = await readChecked(paths.description, descriptionFile, { files, check });
  const counters = new FileCounters({ chip: paths.chip, core, uniqueKey, files });
  const opening = [
    FileMemory.open(paths.otp, twoCellsSize, files),
    ...paths.slots.map((path) => FileFlash.open(path, geometry, files)),
  ] as const;
  const settled = await Promise.allSettled<FileMemory | FileFlash>(opening);
  const open = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) {
    for (const one of open) await one.close();
    throw failed.reason;
  }
  const [otp, first, second] = open as [FileMemory, FileFlash, FileFlash];
  const parts = { core, otp, slots: [first, second] as const, counters, uniqueKey, entropy, facts: decodeCbor(facts) };
  return { parts, open: [...open, counters] };
}

/** A file that ends with a check over all before it. */
async function readChecked<T>(
  path: string,
  codec: Codec<T>,
  { files, check }: { readonly files: FileSystem; readonly check: CellCheck },
): Promise<T> {
  const bytes = await orStoreFailed('read', path, () => files.read(path));
  const end = (bytes?.length ?? 0) - checkLength;
  if (bytes === undefined || end < 0 || !bytesEqual(check(bytes.subarray(0, end)), bytes.subarray(end))) {
    throw new SelvageError('store-failed', `${path} is ${bytes === undefined ? 'missing' : 'damaged'}`, {
      details: { path },
    });
  }
  return decode(codec, bytes, path);
}

/** A folder that is not there has nothing in it. */
function absent(error: unknown): string[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}
