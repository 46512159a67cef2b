import { type FileHandle, mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** The few file operations that {@link FileStore} is built on; a test puts a disk that loses power in their place. */
export interface FileSystem {
  /** Makes a directory and those above it, durably. */
  makeDirectory(path: string): Promise<void>;
  /** Creates a file that does not exist yet, and returns when its bytes are durable; its name need not be. */
  createFile(path: string, bytes: Uint8Array): Promise<void>;
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

/** The file system of this machine. Files are readable by their owner alone. */
export const nodeFileSystem: FileSystem = {
  async makeDirectory(path) {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    if (first === undefined) return syncParent(path);
    // A new directory's name is durable only when the one above it is.
    for (let made = resolve(path); ; made = dirname(made)) {
      await syncDirectory(dirname(made));
      if (made === resolve(first)) return;
    }
  },

  createFile: (path, bytes) =>
    withFile(path, 'wx', async (file) => {
      await file.writeFile(bytes);
      await file.datasync();
    }),

  rename,
  remove: (path) => rm(path, { force: true }),
  syncDirectory,

  async read(path) {
    try {
      return new Uint8Array(await readFile(path));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  },

  list: (path) => readdir(path),
};

async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directories, and makes their entries durable itself.
  if (process.platform === 'win32') return;
  await withFile(path, 'r', (directory) => directory.sync());
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

async function withFile(path: string, flags: string, use: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
