import { basename } from 'node:path';
import { SelvageError } from '@selvage/core';
import type { FileSystem, WritableFile } from '@selvage/core/node';
import type { SeededRandom } from '@selvage/core/virtual';

interface File {
  bytes: Uint8Array;
  /** What it had at its last sync. */
  synced: Uint8Array;
}

type NameChange = (names: Map<string, File>) => void;

/**
 * A disk that keeps what was synced and, of the rest, whatever it likes: after a power cut each name change since the
 * last directory sync is there or not, independently of the others, and of the bytes that were not synced there are those up
 * to anywhere, with holes of what was there before: zeros where the file was shorter.
 */
export class PowerLosingDisk implements FileSystem {
  /** How many operations were done; a file's creation counts as three, a write as two. */
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
    const file: File = { bytes: new Uint8Array(0), synced: new Uint8Array(0) };
    if (this.#names.has(path)) throw new SelvageError('internal', `there is a ${path}`);
    this.#rename((names) => names.set(path, file));
    await this.#operate();
    file.bytes = new Uint8Array(bytes);
    await this.#operate();
    this.#sync(file);
  }

  async openToWrite(path: string): Promise<WritableFile> {
    await this.#operate();
    const file = this.#find(path);
    this.#sync(file);
    const write = async (bytes: Uint8Array, place: number): Promise<void> => {
      await this.#operate();
      const whole = new Uint8Array(Math.max(file.bytes.length, place + bytes.length));
      whole.set(file.bytes);
      whole.set(bytes, place);
      file.bytes = whole;
      await this.#operate();
      this.#sync(file);
    };
    return { write, close: () => Promise.resolve() };
  }

  async link(from: string, to: string): Promise<boolean> {
    await this.#operate();
    if (this.#names.has(to)) return false;
    const file = this.#find(from);
    this.#rename((names) => names.set(to, file));
    return true;
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#operate();
    const file = this.#find(from);
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
      lose(file, random);
    }
    this.#names = new Map(this.#durable);
    this.#pending = [];
    this.cutBefore = Infinity;
  }

  /** Starts the process again after a kill, which loses nothing. */
  restart(): void {
    this.cutBefore = Infinity;
  }

  /** The bytes of a file, as they are. */
  peek(path: string): Uint8Array {
    return this.#find(path).bytes;
  }

  #find(path: string): File {
    const file = this.#names.get(path);
    if (file === undefined) throw new SelvageError('internal', `there is no ${path}`);
    return file;
  }

  #sync(file: File): void {
    if (!this.lies) file.synced = file.bytes;
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

/** Bytes that reach the disk together, or not at all. */
const sector = 512;

function lose(file: File, random: SeededRandom): void {
  const { bytes, synced } = file;
  const first = bytes.findIndex((byte, at) => byte !== synced[at]);
  if (first < 0) return;
  const cut = first + random.below(bytes.length - first + 1);
  const left = new Uint8Array(Math.max(synced.length, cut));
  left.set(bytes.subarray(0, cut));
  left.set(synced.subarray(cut), cut);
  const hasHoles = random.chance(0.5);
  for (let at = first; at < cut; at = (Math.floor(at / sector) + 1) * sector) {
    if (!hasHoles || !random.chance(0.3)) continue;
    const end = Math.min(cut, (Math.floor(at / sector) + 1) * sector);
    left.fill(0, at, end);
    left.set(synced.subarray(at, end), at);
  }
  file.bytes = left;
  file.synced = left;
}
