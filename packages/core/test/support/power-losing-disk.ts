import { basename } from 'node:path';
import { SelvageError } from '@selvage/core';
import type { FileSystem } from '@selvage/core/node';
import type { SeededRandom } from '@selvage/core/virtual';

interface File {
  bytes: Uint8Array;
  synced: boolean;
}

type NameChange = (names: Map<string, File>) => void;

/**
 * A disk that keeps what was synced and, of the rest, whatever it likes: after a power cut each name change since the
 * last directory sync is there or not, independently of the others, and bytes that were not synced are cut anywhere.
 */
export class PowerLosingDisk implements FileSystem {
  /** How many operations were done; a file's creation counts as three. */
  operations = 0;
  /** The power is cut before the operation of this number. */
  cutBefore = Infinity;
  /** Set for a disk whose syncs do nothing: what a store that forgets to sync would see. */
  readonly lies: boolean;
  #names = new Map<string, File>();
  #durable = new Map<string, File>();
  #pending: NameChange[] = [];

  constructor(options: { readonly lies?: boolean } = {}) {
    this.lies = options.lies ?? false;
  }

  async makeDirectory(): Promise<void> {
    await this.#operate();
  }

  async createFile(path: string, bytes: Uint8Array): Promise<void> {
    await this.#operate();
    const file: File = { bytes: new Uint8Array(0), synced: false };
    this.#rename((names) => names.set(path, file));
    await this.#operate();
    file.bytes = new Uint8Array(bytes);
    await this.#operate();
    file.synced = !this.lies;
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#operate();
    const file = this.#names.get(from);
    if (file === undefined) throw new SelvageError('internal', `there is no ${from}`);
    this.#rename((names) => {
      names.delete(from);
      names.set(to, file);
    });
  }

  async remove(path: string): Promise<void> {
    await this.#operate();
    this.#rename((names) => names.delete(path));
  }

  async syncDirectory(): Promise<void> {
    await this.#operate();
    if (this.lies) return;
    this.#durable = new Map(this.#names);
    this.#pending = [];
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    await this.#operate();
    return this.#names.get(path)?.bytes;
  }

  async list(): Promise<string[]> {
    await this.#operate();
    return [...this.#names.keys()].map((path) => basename(path));
  }

  /** Gives power back: what the names are now, nobody can tell but the random generator. */
  powerOn(random: SeededRandom): void {
    const keepAll = random.chance(0.2);
    const keepNone = random.chance(0.2);
    for (const change of this.#pending) {
      if (keepAll || (!keepNone && random.chance(0.5))) change(this.#durable);
    }
    for (const file of this.#durable.values()) {
      if (!file.synced) file.bytes = file.bytes.slice(0, random.below(file.bytes.length + 1));
    }
    this.#names = new Map(this.#durable);
    this.#pending = [];
    this.cutBefore = Infinity;
  }

  #rename(change: NameChange): void {
    change(this.#names);
    this.#pending.push(change);
  }

  async #operate(): Promise<void> {
    await Promise.resolve();
    if (this.operations >= this.cutBefore) throw new SelvageError('store-failed', 'the power is off');
    this.operations++;
  }
}
