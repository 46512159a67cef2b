import { join } from 'node:path';
import { concat } from '../bytes/concat.js';
import type { FileSystem, WritableFile } from './file-system.js';
import {
  type Change,
  changeLength,
  contentLength,
  encodeFrame,
  encodeLog,
  type Log,
  readLog,
  withFrame,
} from './log-format.js';

/** Where the next frame goes. */
interface Tail {
  readonly file: WritableFile;
  log: Log;
  /** How long the file is: behind the log there are zeros. */
  room: number;
}

const logName = 'values.log';
const newLogName = 'values.log.new';
/** A log is written anew when more of it than this, and more than what is alive, is garbage. */
const leastGarbage = 65_536;

/**
 * Values in memory that are durable in one file: each write adds a frame to it, or writes it anew where it is mostly
 * garbage. After a write that failed nobody knows what is in the file, so the next one writes it anew too.
 *
 * The file is made as long as it is to become, with zeros at its end: bytes over zeros are durable in half the time that
 * bytes take which make a file longer, as the file system has nothing else to write with them.
 */
export class ChangeLog {
  /** Bytes at the end of the file that were no whole frame when it was opened. */
  readonly droppedBytes: number;
  readonly #directory: string;
  readonly #files: FileSystem;
  readonly #values: Map<string, Uint8Array>;
  #tail: Tail | undefined;
  #aliveBytes = 0;

  private constructor(directory: string, files: FileSystem, values: Map<string, Uint8Array>, droppedBytes: number) {
    this.#directory = directory;
    this.#files = files;
    this.#values = values;
    this.droppedBytes = droppedBytes;
    for (const [name, value] of values) this.#aliveBytes += changeLength({ name, value });
  }

  /** Opens the log of a directory, or makes one. @throws SelvageError `store-failed` for damage, and what `files` throws */
  static async open(directory: string, files: FileSystem): Promise<ChangeLog> {
    // What an earlier process renamed and did not live to sync must not be read now and be gone after a power cut.
    await files.syncDirectory(directory);
    await files.remove(join(directory, newLogName));
    const path = join(directory, logName);
    const bytes = await files.read(path);
    const { log, values } = bytes ? readLog(bytes) : { log: undefined, values: new Map<string, Uint8Array>() };
    const dropped = bytes && log ? Math.max(0, contentLength(bytes) - log.length) : 0;
    const opened = new ChangeLog(directory, files, values, dropped);
    if (bytes && log && dropped === 0) opened.#tail = { file: await files.openToWrite(path), log, room: bytes.length };
    else await opened.#rewrite(values);
    return opened;
  }

  /** What is durable, by name. */
  get values(): ReadonlyMap<string, Uint8Array> {
    return this.#values;
  }

  /**
   * Makes changes durable, all or none, and then has them in `values`. One write at a time.
   * @param alone as {@link WritableFile.write}
   */
  async write(changes: readonly Change[], alone = false): Promise<void> {
    const tail = this.#tail;
    if (tail && !this.#isMostlyGarbage(tail)) await this.#add(tail, changes, alone);
    else await this.#rewrite(changed(this.#values, changes));
    for (const change of changes) this.#apply(change);
  }

  async close(): Promise<void> {
    const tail = this.#tail;
    this.#tail = undefined;
    await tail?.file.close();
  }

  async #add(tail: Tail, changes: readonly Change[], alone: boolean): Promise<void> {
    const frame = encodeFrame(tail.log, changes);
    const log = withFrame(tail.log, frame);
    const bytes = log.length > tail.room ? concat(frame, new Uint8Array(leastGarbage)) : frame;
    try {
      await tail.file.write(bytes, tail.log.length, alone);
    } catch (error) {
      await this.close().catch(() => undefined);
      throw error;
    }
    tail.room = Math.max(tail.room, tail.log.length + bytes.length);
    tail.log = log;
  }

  async #rewrite(values: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const { log, bytes } = encodeLog(values);
    const whole = concat(bytes, new Uint8Array(Math.max(leastGarbage, bytes.length)));
    const [path, newPath] = [join(this.#directory, logName), join(this.#directory, newLogName)];
    await this.#files.remove(newPath);
    await this.#files.createFile(newPath, whole);
    // From the renaming on, the old file is nobody's.
    await this.close();
    await this.#files.rename(newPath, path);
    await this.#files.syncDirectory(this.#directory);
    this.#tail = { file: await this.#files.openToWrite(path), log, room: whole.length };
  }

  #apply(change: Change): void {
    const { name, value } = change;
    const before = this.#values.get(name);
    if (before) this.#aliveBytes -= changeLength({ name, value: before });
    if (value === undefined) {
      this.#values.delete(name);
      return;
    }
    this.#aliveBytes += changeLength(change);
    this.#values.set(name, value);
  }

  #isMostlyGarbage({ log }: Tail): boolean {
    return log.length - this.#aliveBytes > Math.max(this.#aliveBytes, leastGarbage);
  }
}

function changed(values: ReadonlyMap<string, Uint8Array>, changes: readonly Change[]): Map<string, Uint8Array> {
  const copy = new Map(values);
  for (const { name, value } of changes) {
    if (value === undefined) copy.delete(name);
    else copy.set(name, value);
  }
  return copy;
}
