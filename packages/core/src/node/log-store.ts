import { SelvageError } from '../errors/error.js';
import type { Store } from '../ports.js';
import { checkStoreName } from '../store/name.js';
import { ChangeLog } from './change-log.js';
import { type DirectoryLock, lockDirectory } from './directory-lock.js';
import { type FileSystem, nodeFileSystem } from './file-system.js';
import type { Change } from './log-format.js';
import { type Processes, systemProcesses } from './processes.js';
import { orStoreFailed } from './store-failure.js';

/** What a {@link LogStore} stands on: this machine where nothing else is said. */
export interface LogStoreOptions {
  readonly files?: FileSystem | undefined;
  readonly processes?: Processes | undefined;
}

/** After so many changes one by one the next is taken to be alone as well. */
const fewTogether = 8;

/** A change, and the promise of whoever asked for it. */
class PendingChange implements Change {
  readonly name: string;
  readonly value: Uint8Array | undefined;
  readonly done: Promise<void>;
  resolve!: () => void;
  reject!: (error: unknown) => void;

  constructor(name: string, value: Uint8Array | undefined) {
    this.name = name;
    this.value = value;
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

/**
 * A store of one file to which changes are added, in a directory that one process has for itself. The values are in
 * memory, so that reading takes no time; a change takes one `fdatasync`, which all that come meanwhile share.
 *
 * A change is acknowledged when it is durable. A crash or a power cut leaves all that were acknowledged and, of the
 * others, those up to some moment. One that was refused may be there or not when the store is opened again; until then
 * the old value is read. What no crash can have damaged is told at opening, with `store-failed`.
 */
export class LogStore implements Store {
  readonly #directory: string;
  readonly #log: ChangeLog;
  readonly #lock: DirectoryLock;
  /** The last change of each name that waits or is being written. */
  readonly #pending = new Map<string, PendingChange>();
  #waiting: PendingChange[] = [];
  /** How many changes in a row had a write for themselves. */
  #single = 0;
  #writing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(directory: string, log: ChangeLog, lock: DirectoryLock) {
    this.#directory = directory;
    this.#log = log;
    this.#lock = lock;
  }

  /**
   * Opens the store in a directory, which is made where there is none.
   * @throws SelvageError `store-in-use` where another process has it, whose `pid` is in the details; `store-failed`
   */
  static open(directory: string, options: LogStoreOptions = {}): Promise<LogStore> {
    const { files = nodeFileSystem, processes = systemProcesses } = options;
    return orStoreFailed('open', directory, async () => {
      await files.makeDirectory(directory);
      const lock = await lockDirectory(directory, files, processes);
      try {
        return new LogStore(directory, await ChangeLog.open(directory, files), lock);
      } catch (error) {
        await lock.release();
        throw error;
      }
    });
  }

  /** Bytes at the end of the file that a crash had cut off when the store was opened; none of them was acknowledged. */
  get droppedBytes(): number {
    return this.#log.droppedBytes;
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    this.#check(name);
    const pending = this.#pending.get(name);
    // What is not durable yet must not be acted upon.
    const isDurable = await pending?.done.then(
      () => true,
      () => false,
    );
    const value = isDurable ? pending?.value : this.#log.values.get(name);
    return value && new Uint8Array(value);
  }

  async put(name: string, value: Uint8Array): Promise<void> {
    this.#check(name);
    return this.#change(name, new Uint8Array(value));
  }

  async delete(name: string): Promise<void> {
    this.#check(name);
    if (this.#pending.has(name) || this.#log.values.has(name)) await this.#change(name, undefined);
  }

  async names(): Promise<string[]> {
    this.#requireOpen();
    return [...this.#log.values.keys()].sort();
  }

  /** Ends the store when all changes so far are durable, or refused; another process can open it then. */
  close(): Promise<void> {
    this.#closing ??= orStoreFailed('close', this.#directory, async () => {
      await this.#writing;
      await this.#log.close();
      await this.#lock.release();
    });
    return this.#closing;
  }

  #change(name: string, value: Uint8Array | undefined): Promise<void> {
    const change = new PendingChange(name, value);
    this.#waiting.push(change);
    this.#pending.set(name, change);
    this.#writing ??= this.#writeAll();
    return change.done;
  }

  /** Writes what waits, again and again until nothing does. */
  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      // What other datagrams that are there already ask for comes along.
      await new Promise<void>((resolve) => setImmediate(resolve));
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#write(batch);
    }
    this.#writing = undefined;
  }

  async #write(batch: readonly PendingChange[]): Promise<void> {
    this.#single = batch.length === 1 ? this.#single + 1 : 0;
    try {
      await orStoreFailed('write', this.#directory, () => this.#log.write(batch, this.#single > fewTogether));
      for (const change of batch) change.resolve();
    } catch (error) {
      for (const change of batch) change.reject(error);
    }
    for (const change of batch) {
      if (this.#pending.get(change.name) === change) this.#pending.delete(change.name);
    }
  }

  #check(name: string): void {
    this.#requireOpen();
    checkStoreName(name);
  }

  #requireOpen(): void {
    if (this.#closing) throw new SelvageError('wrong-state', 'the store is closed');
  }
}
