import { ByteReader, bytesEqual, type Decoded, encode, SelvageError } from '@selvage/core';
import { type CellCheck, cellFormat, cellSize, checkLength } from './cell-format.js';
import type { Memory } from './memory.js';

type Cell = Decoded<typeof cellFormat>;

/** Length of the memory that two cells take, bytes. */
export const twoCellsSize = 2 * cellSize;

/**
 * A record that is replaced atomically with one write in place: of two cells the older one is written over, so that a
 * write that tears leaves the newer one.
 */
export class TwoCells {
  readonly #memory: Memory;
  readonly #check: CellCheck;
  #place: 0 | 1;
  #cell: Cell;
  #isMirrored: boolean;

  private constructor(memory: Memory, check: CellCheck, cells: readonly [Cell | undefined, Cell | undefined]) {
    this.#memory = memory;
    this.#check = check;
    const [first, second] = cells;
    this.#place = second && (first === undefined || second.sequence > first.sequence) ? 1 : 0;
    this.#cell = cells[this.#place] as Cell;
    this.#isMirrored = first !== undefined && second !== undefined && bytesEqual(first.record, second.record);
  }

  /** What a memory of {@link twoCellsSize} bytes has to hold for a record to be in it: in both cells. */
  static image(record: Uint8Array, check: CellCheck): Uint8Array {
    const image = new Uint8Array(twoCellsSize);
    image.set(encodeCell(0, record, check));
    image.set(encodeCell(1, record, check), cellSize);
    return image;
  }

  /**
   * Reads the record.
   * @param what its name in the error
   * @throws SelvageError `store-failed` where neither cell is whole
   */
  static async open(memory: Memory, check: CellCheck, what: string): Promise<TwoCells> {
    const image = await memory.read(0, twoCellsSize);
    const first = decodeCell(image.subarray(0, cellSize), check);
    const second = decodeCell(image.subarray(cellSize), check);
    if (first === undefined && second === undefined) throw damaged(what);
    return new TwoCells(memory, check, [first, second]);
  }

  /** The record as it was made durable last. */
  get record(): Uint8Array {
    return this.#cell.record;
  }

  /** Replaces the record. One write at a time. After one that failed the old record stands, until the memory is read again. */
  async write(record: Uint8Array): Promise<void> {
    const place = this.#place === 0 ? 1 : 0;
    const encoded = encodeCell(this.#cell.sequence + 1, record, this.#check);
    await this.#memory.write(place * cellSize, encoded);
    // Its check was made a moment ago: making it again would take as long as the rest of this.
    this.#cell = cellFormat.decode(new ByteReader(encoded));
    this.#isMirrored = false;
    this.#place = place;
  }

  /** Puts the record into the other cell as well, where it is not: then no damage of one cell brings an older one back. */
  async mirror(): Promise<void> {
    if (this.#isMirrored) return;
    await this.write(this.record);
    this.#isMirrored = true;
  }
}

function encodeCell(sequence: number, record: Uint8Array, check: CellCheck): Uint8Array {
  const cell = encode(cellFormat, { magic: 0x43454c4c, sequence, record, check: new Uint8Array(checkLength) }, 'cell');
  const end = cell.length - checkLength;
  cell.set(check(cell.subarray(0, end)), end);
  return cell;
}

/** The cell at the start of a page; undefined where none is whole. */
function decodeCell(page: Uint8Array, check: CellCheck): Cell | undefined {
  const reader = new ByteReader(page);
  try {
    const cell = cellFormat.decode(reader);
    return bytesEqual(check(page.subarray(0, reader.offset - checkLength)), cell.check) ? cell : undefined;
  } catch {
    return undefined;
  }
}

function damaged(what: string): SelvageError {
  return new SelvageError('store-failed', `${what} is damaged: neither of its two cells is whole`, {
    details: { what },
  });
}
