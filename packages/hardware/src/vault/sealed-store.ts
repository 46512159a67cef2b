import { checkStoreName, SelvageError, type Store } from '@selvage/core';
import type { SealedChange } from './sealed-format.js';
import { SealedLog, type SealedLogOptions } from './sealed-log.js';

/** What a sealed store is made of. */
export interface SealedStoreOptions extends SealedLogOptions {
  /** Waits until what else is there to be done was asked for; a microtask where nothing else is said. */
  readonly turn?: (() => Promise<void>) | undefined;
}

/** After so many writes one by one the next is taken to be alone as well. */
const fewTogether = 8;

/** Changes that become durable together, and the promise of whoever asked for them. */
class Commit {
  readonly changes: readonly SealedChange[];
  readonly done: Promise<void>;
  resolve!: () => void;
  reject!: (error: unknown) => void;

  constructor(changes: readonly SealedChange[]) {
    this.changes = changes;
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

/**
 * A store whose file says nothing to whoever reads it, and cannot be changed, cut short or replaced by an older copy
 * without being noticed: see `sealed-format.ts` and `sealed-log.ts`. Values are in memory; a change takes one durable
 * write of the file and one of the counter, which all that come meanwhile share.
 *
 * A change is acknowledged when both are durable. A crash or a power cut leaves all that were acknowledged and, of the
 * others, those up to some moment. One that was refused may be there or not when the store is opened again; until then
 * the old value is read.
 */
export class SealedStore implements Store {
  readonly #log: SealedLog;
  readonly #turn: () => Promise<void>;
  /** The last commit with a change of each name that waits or is being written. */
  readonly #pending = new Map<string, Commit>();
  #waiting: Commit[] = [];
  /** How many changes in a row had a write for themselves. */
  #single = 0;
  #writing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  private constructor(log: SealedLog, turn: () => Promise<void>) {
    this.#log = log;
    this.#turn = turn;
  }

  /** @throws SelvageError `store-rolled-back`, `store-failed` */
  static async open(options: SealedStoreOptions): Promise<SealedStore> {
    return new SealedStore(await SealedLog.open(options), options.turn ?? (() => Promise.resolve()));
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    checkStoreName(name);
    return this.read(name);
  }

  async put(name: string, value: Uint8Array): Promise<void> {
    checkStoreName(name);
    return this.commit([{ name, value }]);
  }

  async delete(name: string): Promise<void> {
    checkStoreName(name);
    if (this.has(name)) await this.commit([{ name, value: undefined }]);
  }

  async names(): Promise<string[]> {
    this.#requireOpen();
    return [...this.#log.values.keys()].sort();
  }

  /** Whether there is a value of this name, or was one before changes that are not durable yet. */
  has(name: string): boolean {
    this.#requireOpen();
    return this.#pending.has(name) || this.#log.values.has(name);
  }

  /** How much is durable under names with this start. */
  usage(prefix: string): { readonly values: number; readonly bytes: number } {
    let [values, bytes] = [0, 0];
    for (const [name, value] of this.#log.values) {
      if (!name.startsWith(prefix)) continue;
      values++;
      bytes += value.length;
    }
    return { values, bytes };
  }

  /** As `get`, for any name that {@link SealedStore.commit} takes. */
  async read(name: string): Promise<Uint8Array | undefined> {
    this.#requireOpen();
    const pending = this.#pending.get(name);
    if (pending) {
      // Copied now: a later change of the name wipes it. What is not durable yet must not be acted upon.
      const value = copyOf(pending.changes.findLast((change) => change.name === name)?.value);
      const isDurable = await pending.done.then(
        () => true,
        () => false,
      );
      if (isDurable) return value;
      value?.fill(0);
    }
    return copyOf(this.#log.values.get(name));
  }

  /**
   * Makes changes durable, all or none.
   * @param changes names of 1 to 255 ASCII characters; the values are copied
   */
  commit(changes: readonly SealedChange[]): Promise<void> {
    this.#requireOpen();
    const commit = new Commit(changes.map(({ name, value }) => ({ name, value: copyOf(value) })));
    this.#waiting.push(commit);
    for (const { name } of commit.changes) this.#pending.set(name, commit);
    this.#writing ??= this.#writeAll();
    return commit.done;
  }

  /** Ends the store when all changes so far are durable, or refused, and wipes the values from memory. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#writing;
      await this.#log.close();
    })();
    return this.#closing;
  }

  /** Writes what waits, again and again until nothing does. */
  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Whoever has written alone for a while does so now: then there is nothing to wait for.
      if (this.#single <= fewTogether) await this.#turn();
      else await Promise.resolve();
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#write(batch);
    }
    this.#writing = undefined;
  }

  async #write(batch: readonly Commit[]): Promise<void> {
    this.#single = batch.length === 1 ? this.#single + 1 : 0;
    try {
      await this.#log.write(
        batch.flatMap(({ changes }) => changes),
        this.#single > fewTogether,
      );
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { changes, reject } of batch) {
        for (const { value } of changes) value?.fill(0);
        reject(error);
      }
    }
    for (const commit of batch) {
      for (const { name } of commit.changes) if (this.#pending.get(name) === commit) this.#pending.delete(name);
    }
  }

  #requireOpen(): void {
    if (this.#closing) throw new SelvageError('wrong-state', 'the store is closed');
  }
}

function copyOf(value: Uint8Array | undefined): Uint8Array | undefined {
  return value && new Uint8Array(value);
}
