import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';

/** A file that is open to be written. */
export interface WritableFile {
  /**
   * Returns when the bytes are durable at their place, over what was there and behind it.
   * @param alone whether nothing else is likely to be asked for meanwhile: then this thread may wait for the disk itself
   */
  write(bytes: Uint8Array, place: number, alone?: boolean): Promise<void>;
  close(): Promise<void>;
}

/** The few file operations that stores are built on; a test puts a disk that loses power in their place. */
export interface FileSystem {
  /** Makes a directory and those above it, durably. */
  makeDirectory(path: string): Promise<void>;
  /** Creates a file that does not exist yet, and returns when its bytes are durable; its name need not be. */
  createFile(path: string, bytes: Uint8Array): Promise<void>;
  /** Opens a file that is there, and returns when what it has is durable. */
  openToWrite(path: string): Promise<WritableFile>;
  /** Gives a file a second name, atomically; false where something has that name. */
  link(from: string, to: string): Promise<boolean>;
  /** Gives a file another name, replacing what had it, atomically. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; one that is not there is removed already. */
  remove(path: string): Promise<void>;
  /** Returns when the names in a directory are durable. */
  syncDirectory(path: string): Promise<void>;
  /** The bytes of a file; undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  list(path: string): Promise<string[]>;
}

/**
 * The file system of this machine. Files are readable by their owner alone. What the system answers from its memory is
 * asked for on this thread, as a start asks for dozens of such things: handing one over takes longer than it does. What
 * waits for the disk does so on another.
 */
export const nodeFileSystem: FileSystem = {
  async makeDirectory(path) {
    const first = mkdirSync(path, { recursive: true, mode: 0o700 });
    if (first === undefined) return syncParent(path);
    // A new directory's name is durable only when the one above it is.
    for (let made = resolve(path); ; made = dirname(made)) {
      await syncDirectory(dirname(made));
      if (made === resolve(first)) return;
    }
  },

  createFile: (path, bytes) =>
    withFile(path, 'wx', async (file) => {
      await writeAll(file, bytes, 0);
      await synced(file);
    }),

  async openToWrite(path) {
    const file = openSync(path, 'r+');
    try {
      // Next to nothing, unless who had it before was killed.
      fdatasyncSync(file);
    } catch (error) {
      closeSync(file);
      throw error;
    }
    return new OpenFile(file);
  },

  async link(from, to) {
    try {
      linkSync(from, to);
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    }
  },

  async rename(from, to) {
    renameSync(from, to);
  },

  async remove(path) {
    try {
      unlinkSync(path);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  },

  syncDirectory,

  async read(path) {
    try {
      return new Uint8Array(readFileSync(path));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  },

  async list(path) {
    return readdirSync(path);
  },
};

/** Up to this size bytes go to the system's cache at once: handing them to another thread would take longer. */
const largestQuickWrite = 65_536;
/** A disk that was as quick as this, ms, is waited for: handing that to another thread would take as long again. */
const shortWait = 0.5;
/** No descriptor. */
const none = -1;

class OpenFile implements WritableFile {
  /** Its descriptor; none once it is closed, when the number may be another file's. */
  #file: number;
  /** How long the disk took last, ms. */
  #lastWait = 0;

  constructor(file: number) {
    this.#file = file;
  }

  async write(bytes: Uint8Array, place: number, alone = false): Promise<void> {
    await writeAll(this.#file, bytes, place);
    const begun = performance.now();
    if (alone && bytes.length <= largestQuickWrite && this.#lastWait < shortWait) fdatasyncSync(this.#file);
    else await synced(this.#file);
    this.#lastWait = performance.now() - begun;
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = none;
    if (file !== none) closeSync(file);
  }
}

/** Up to {@link largestQuickWrite} at once. */
async function writeAll(file: number, bytes: Uint8Array, place: number): Promise<void> {
  const isQuick = bytes.length <= largestQuickWrite;
  for (let at = 0; at < bytes.length; ) {
    const rest = bytes.subarray(at);
    at += isQuick ? writeSync(file, rest, 0, rest.length, place + at) : await written(file, rest, place + at);
  }
}

function written(file: number, bytes: Uint8Array, place: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(file, bytes, 0, bytes.length, place, (error, count) => (error ? reject(error) : resolve(count)));
  });
}

function synced(file: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(file, (error) => (error ? reject(error) : resolve()));
  });
}

async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directories, and makes their entries durable itself.
  if (process.platform === 'win32') return;
  await withFile(path, 'r', (directory) => {
    return new Promise((resolve, reject) => fsync(directory, (error) => (error ? reject(error) : resolve())));
  });
}

/** For a directory that was there: a process that was killed before its sync may have made it. */
async function syncParent(path: string): Promise<void> {
  try {
    await syncDirectory(dirname(resolve(path)));
  } catch (error) {
    // Who may not open the directory above did not make this one.
    if (!hasCode(error, 'EACCES')) throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function withFile(path: string, flags: string, use: (file: number) => Promise<void>): Promise<void> {
  const file = openSync(path, flags, 0o600);
  try {
    await use(file);
  } finally {
    closeSync(file);
  }
}
