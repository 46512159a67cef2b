import { ByteReader, bytesEqual, concat, type Entropy, type Secret, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { MonotonicCounter } from '../board/monotonic-counter.js';
import type { SealedFile } from './sealed-file.js';
import {
  changeLength,
  endBehind,
  Era,
  fileHead,
  frameBytes,
  type LogEnd,
  type SealedChange,
  type SealedFrame,
  sealedFrame,
  saltLength,
} from './sealed-format.js';

/** What a sealed store is made of. */
export interface SealedLogOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly file: SealedFile;
  /** This store's own: no other store may have it. */
  readonly counter: MonotonicCounter;
  /** 32 bytes that come from the device-unique key, for this store alone. */
  readonly key: Secret;
}

/** A file is written anew when more of it than this, and more than what is alive, is garbage. */
const leastGarbage = 65_536;

/** Where the next frame goes, and under which key. */
interface Tail {
  readonly era: Era;
  end: LogEnd;
  /** How long the file is. */
  room: number;
}

/**
 * Values in memory that are durable in one sealed file.
 *
 * A frame is durable first, then the counter that its number is bound to, and then the change is acknowledged. So a file
 * is good when it ends with the frame that the counter says, or is one ahead of it, which is what a power cut between the
 * two leaves. Whoever puts an old copy back has one that ends before the counter.
 *
 * Before its first change a process writes a frame without changes, and after each failure one too: a frame that somebody
 * caught before its counter was raised, and puts back later, is then behind the counter as every old copy.
 */
export class SealedLog {
  readonly #options: SealedLogOptions;
  readonly #values: Map<string, Uint8Array>;
  /** Undefined before the first change, and where nobody knows what is in the file: then a new era is to be opened. */
  #tail: Tail | undefined;
  /** The end and the length of a file that can be added to; undefined where it has to be written anew. */
  #found: { readonly end: LogEnd; readonly room: number } | undefined;
  #aliveBytes = 0;

  private constructor(options: SealedLogOptions, values: Map<string, Uint8Array>) {
    this.#options = options;
    this.#values = values;
    for (const [name, value] of values) this.#aliveBytes += changeLength({ name, value });
  }

  /**
   * Opens a file, or begins one where there is none yet.
   * @throws SelvageError `store-rolled-back` where it is not as new as the counter says; `store-failed` for damage
   */
  static async open(options: SealedLogOptions): Promise<SealedLog> {
    const [bytes, count] = [await options.file.read(), await options.counter.read()];
    if (bytes === undefined) {
      if (count > 0) throw rolledBack('the sealed store is gone', 0, count);
      return new SealedLog(options, new Map());
    }
    const { end, values } = readFile(options, bytes, count);
    const log = new SealedLog(options, values);
    log.#found = { end, room: bytes.length };
    // A frame of which a power cut kept the counter: it is taken, and must not be put back later.
    if (end.number > count) await options.counter.advance(end.number);
    return log;
  }

  /** What is durable, by name. The bytes are the log's, which wipes them when they change: copy what is kept. */
  get values(): ReadonlyMap<string, Uint8Array> {
    return this.#values;
  }

  /** Makes changes durable, all or none, and then has them in `values`. One write at a time. */
  async write(changes: readonly SealedChange[], alone: boolean): Promise<void> {
    try {
      const tail = this.#tail ?? (await this.#begin());
      if (this.#isMostlyGarbage(tail)) await this.#rewrite(withChanges(this.#values, changes));
      else await this.#add(tail, changes, alone);
    } catch (error) {
      this.#lose();
      throw error;
    }
    for (const change of changes) this.#apply(change);
  }

  async close(): Promise<void> {
    this.#lose();
    for (const value of this.#values.values()) value.fill(0);
    this.#values.clear();
    await this.#options.file.close();
  }

  /** Opens an era: behind what was found, or in a file of its own. */
  async #begin(): Promise<Tail> {
    const found = this.#found;
    if (found === undefined) return this.#rewrite(this.#values);
    const tail: Tail = { era: this.#newEra(), ...found };
    // Whatever becomes of this frame, another must not go to its place under its number.
    this.#found = undefined;
    await this.#append(tail, tail.era.seal(tail.end, [], true), false);
    this.#tail = tail;
    return tail;
  }

  async #add(tail: Tail, changes: readonly SealedChange[], alone: boolean): Promise<void> {
    await this.#append(tail, tail.era.seal(tail.end, changes, false), alone);
  }

  async #append(tail: Tail, frame: SealedFrame, alone: boolean): Promise<void> {
    const { file, counter } = this.#options;
    const end = endBehind(tail.end, frame);
    const bytes = frameBytes(frame);
    const padded = end.place > tail.room ? concat(bytes, new Uint8Array(leastGarbage)) : bytes;
    await file.write(padded, tail.end.place, alone);
    await counter.advance(end.number);
    tail.room = Math.max(tail.room, tail.end.place + padded.length);
    tail.end = end;
  }

  /** A new file with an era of its own, which holds these values. */
  async #rewrite(values: ReadonlyMap<string, Uint8Array>): Promise<Tail> {
    const { file, counter } = this.#options;
    const era = this.#newEra();
    const begin = { number: await counter.read(), tag: fileHead, place: fileHead.length };
    const changes = [...values].map(([name, value]) => ({ name, value }));
    const frame = era.seal(begin, changes, true);
    const bytes = frameBytes(frame);
    const whole = concat(fileHead, bytes, new Uint8Array(Math.max(leastGarbage, bytes.length)));
    await file.replace(whole);
    await counter.advance(frame.number);
    this.#tail?.era.destroy();
    this.#tail = { era, end: endBehind(begin, frame), room: whole.length };
    return this.#tail;
  }

  #newEra(): Era {
    const { core, entropy, key } = this.#options;
    const salt = new Uint8Array(saltLength);
    entropy.fill(salt);
    return new Era(core, key, salt);
  }

  #lose(): void {
    this.#tail?.era.destroy();
    this.#tail = undefined;
    this.#found = undefined;
  }

  #apply({ name, value }: SealedChange): void {
    const before = this.#values.get(name);
    if (before) this.#aliveBytes -= changeLength({ name, value: before });
    before?.fill(0);
    if (value === undefined) {
      this.#values.delete(name);
      return;
    }
    this.#aliveBytes += changeLength({ name, value });
    this.#values.set(name, value);
  }

  #isMostlyGarbage({ end }: Tail): boolean {
    return end.place - this.#aliveBytes > Math.max(this.#aliveBytes, leastGarbage);
  }
}

function withChanges(
  values: ReadonlyMap<string, Uint8Array>,
  changes: readonly SealedChange[],
): ReadonlyMap<string, Uint8Array> {
  const copy = new Map(values);
  for (const { name, value } of changes) {
    if (value === undefined) copy.delete(name);
    else copy.set(name, value);
  }
  return copy;
}

/** Reads as many frames as the counter says there are, or one more. */
function readFile(
  options: SealedLogOptions,
  bytes: Uint8Array,
  count: number,
): { readonly end: LogEnd; readonly values: Map<string, Uint8Array> } {
  if (!bytesEqual(bytes.subarray(0, fileHead.length), fileHead)) {
    throw damaged('the file does not begin as a sealed store', 0);
  }
  const values = new Map<string, Uint8Array>();
  const reader = new FrameChain(options, bytes);
  for (;;) {
    const changes = reader.next();
    if (changes === undefined) break;
    for (const { name, value } of changes) {
      values.get(name)?.fill(0);
      if (value === undefined) values.delete(name);
      else values.set(name, value);
    }
  }
  const { end } = reader;
  requireAsNewAs(count, end, bytes);
  return { end, values };
}

function requireAsNewAs(count: number, end: LogEnd, bytes: Uint8Array): void {
  if (end.number === count || end.number === count + 1) return;
  const hasMore = bytes.subarray(end.place).some((byte) => byte !== 0);
  if (end.number < count && hasMore) {
    throw damaged(`frame ${end.number + 1} of ${count} is damaged, or is not of this device`, end.place);
  }
  throw rolledBack('the sealed store is not the one that was written last', end.number, count);
}

/** The frames of a file, each opened behind the one before. */
class FrameChain {
  readonly #options: SealedLogOptions;
  readonly #bytes: Uint8Array;
  #era: Era | undefined;
  #end: LogEnd = { number: 0, tag: fileHead, place: fileHead.length };

  constructor(options: SealedLogOptions, bytes: Uint8Array) {
    this.#options = options;
    this.#bytes = bytes;
  }

  get end(): LogEnd {
    return this.#end;
  }

  next(): readonly SealedChange[] | undefined {
    const frame = this.#frameAt(this.#end.place);
    if (frame === undefined) return this.#stop();
    // The first frame of a file says with which number it begins, and is bound to that.
    const end = this.#era ? this.#end : { ...this.#end, number: frame.number - 1 };
    if (frame.number !== end.number + 1) return this.#stop();
    const era = this.#eraOf(frame);
    const changes = era?.open(end, frame);
    if (era !== this.#era) (changes ? this.#era : era)?.destroy();
    if (era === undefined || changes === undefined) return this.#stop();
    this.#era = era;
    this.#end = endBehind(end, frame);
    return changes;
  }

  #eraOf({ salt }: SealedFrame): Era | undefined {
    if (salt.length === 0) return this.#era;
    return new Era(this.#options.core, this.#options.key, salt.slice());
  }

  #frameAt(place: number): SealedFrame | undefined {
    try {
      return sealedFrame.decode(new ByteReader(this.#bytes, {}, place));
    } catch {
      // It is longer than the file: a torn one, or none.
      return undefined;
    }
  }

  #stop(): undefined {
    this.#era?.destroy();
    return undefined;
  }
}

function rolledBack(problem: string, number: number, count: number): SelvageError {
  return new SelvageError(
    'store-rolled-back',
    `${problem}: it ends with frame ${number} where the counter says ${count}`,
    {
      details: { number, count },
      remedy: 'Put back the file that was there; an older copy is never taken.',
    },
  );
}

function damaged(problem: string, offset: number): SelvageError {
  return new SelvageError('store-failed', `${problem} (at byte ${offset})`, {
    details: { offset },
    remedy: 'Put the file back as it was; nothing of it was changed.',
  });
}
