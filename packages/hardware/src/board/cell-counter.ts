import { decode, encode, SelvageError, struct, u48 } from '@selvage/core';
import type { CellCheck } from './cell-format.js';
import type { Memory } from './memory.js';
import { highestCount, type MonotonicCounter } from './monotonic-counter.js';
import { TwoCells } from './two-cells.js';

/** The record of a counter. */
export const countFormat = struct({ count: u48 });

/** How a counter is kept. */
export interface CellCounterOptions {
  readonly check: CellCheck;
  /** Its name in errors. */
  readonly name: string;
  /** Written twice at each advance, so that no damage of one cell gives an older value; not by default. */
  readonly mirrored?: boolean | undefined;
}

/** A counter in two cells: one write in place raises it, and a write that tears leaves it as it was. */
export class CellCounter implements MonotonicCounter {
  readonly #cells: TwoCells;
  readonly #name: string;
  readonly #mirrored: boolean;
  #count: number;
  /** The highest value that was asked for. */
  #wanted: number;
  #writing: Promise<void> = Promise.resolve();

  private constructor(cells: TwoCells, { name, mirrored = false }: CellCounterOptions) {
    this.#cells = cells;
    this.#name = name;
    this.#mirrored = mirrored;
    this.#count = decode(countFormat, cells.record, name).count;
    this.#wanted = this.#count;
  }

  /** What a memory has to hold for a counter to be in it. */
  static image(check: CellCheck, count = 0): Uint8Array {
    return TwoCells.image(encode(countFormat, { count }), check);
  }

  /** @throws SelvageError `store-failed` for damage */
  static async open(memory: Memory, options: CellCounterOptions): Promise<CellCounter> {
    const { check, name, mirrored } = options;
    const cells = await TwoCells.open(memory, check, `counter ${name}`);
    if (mirrored) await cells.mirror();
    return new CellCounter(cells, options);
  }

  read(): Promise<number> {
    return Promise.resolve(this.#count);
  }

  async advance(to: number): Promise<void> {
    if (!Number.isInteger(to) || to > highestCount) throw notACount(this.#name, to);
    if (to < this.#count) throw lower(this.#name, this.#count, to);
    this.#wanted = Math.max(this.#wanted, to);
    // What is asked for while a write is under way shares the next one.
    this.#writing = this.#writing.then(
      () => this.#write(to),
      () => this.#write(to),
    );
    return this.#writing;
  }

  async #write(to: number): Promise<void> {
    if (to > this.#count) await this.#replace(Math.max(this.#wanted, to));
    if (this.#mirrored) await this.#cells.mirror();
  }

  async #replace(count: number): Promise<void> {
    try {
      await this.#cells.write(encode(countFormat, { count }));
    } catch (error) {
      this.#wanted = this.#count;
      throw error;
    }
    this.#count = count;
  }
}

function lower(name: string, count: number, to: number): SelvageError {
  return new SelvageError('value-out-of-range', `counter ${name} stands at ${count} and cannot be set to ${to}`, {
    details: { counter: name, count, to },
  });
}

function notACount(name: string, to: number): SelvageError {
  return new SelvageError(
    'value-out-of-range',
    `counter ${name} cannot be set to ${to}: it holds 0 to ${highestCount}`,
    {
      details: { counter: name, to },
    },
  );
}
