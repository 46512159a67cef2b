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
    const first = resolve((await mkdir(path, { recursive: true, mode: 0o700 })) ?? path);
    // A new directory's name is durable only when the one above it is. One that was there may have been made by a
    // process that was killed before this.
    for (let made = resolve(path); ; made = dirname(made)) {
      await syncDirectory(dirname(made));
      if (made === first || made === dirname(made)) return;
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
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
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

async function withFile(path: string, flags: string, use: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
