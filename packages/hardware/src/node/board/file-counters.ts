import { checkStoreName, SelvageError } from '@selvage/core';
import type { FileSystem } from '@selvage/core/node';
import type { CryptoCore } from '@selvage/crypto';
import { type CellCheck, keyedCheck } from '../../board/cell-format.js';
import { boardCounters, type Counters, isMirrored } from '../../board/counters.js';
import type { UniqueKey } from '../../board/unique-key.js';
import { counterPath } from './board-paths.js';
import { FileCounter } from './file-counter.js';

/** What the counters of a chip stand on. */
export interface FileCountersOptions {
  readonly chip: string;
  readonly core: CryptoCore;
  readonly uniqueKey: UniqueKey;
  readonly files: FileSystem;
}

/** The counters of a chip, each in a file of its own under a key that is derived for its name. */
export class FileCounters implements Counters {
  readonly #options: FileCountersOptions;
  readonly #open = new Map<string, Promise<FileCounter>>();

  constructor(options: FileCountersOptions) {
    this.#options = options;
  }

  async counter(name: string): Promise<FileCounter> {
    checkStoreName(name);
    const found = this.#open.get(name);
    if (found) return found;
    const opening = this.#openOrCreate(name);
    this.#open.set(name, opening);
    // One that could not be opened is asked for anew.
    opening.catch(() => this.#open.delete(name));
    return opening;
  }

  async close(): Promise<void> {
    const open = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    for (const one of open) if (one.status === 'fulfilled') await one.value.close();
  }

  async #openOrCreate(name: string): Promise<FileCounter> {
    const { chip, core, uniqueKey, files } = this.#options;
    const options = { files, check: counterCheck(core, uniqueKey, name), mirrored: isMirrored(name) };
    const path = counterPath(chip, name);
    try {
      return await FileCounter.open(path, options);
    } catch (error) {
      if (!(error instanceof SelvageError) || error.code !== 'file-not-found') throw error;
      if (isMadeWithTheBoard(name)) throw missing(path);
      return FileCounter.create(path, options);
    }
  }
}

/** The check of a counter's cells: no other counter's file passes it. */
export function counterCheck(core: CryptoCore, uniqueKey: UniqueKey, name: string): CellCheck {
  return keyedCheck(core, uniqueKey.deriveKey(`counter ${name}`, 32).reveal());
}

function isMadeWithTheBoard(name: string): boolean {
  return Object.values<string>(boardCounters).includes(name);
}

function missing(path: string): SelvageError {
  return new SelvageError('store-failed', `the counter ${path} is missing: the board was made with it`, {
    details: { path },
  });
}
