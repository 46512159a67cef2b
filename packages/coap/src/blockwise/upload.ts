import { type Block, type BlockSize } from '../option/block.js';

/** A request's body, cut into blocks (Block1, RFC 7959 §2.5). */
export class Upload {
  readonly #body: Uint8Array;

  constructor(body: Uint8Array) {
    this.#body = body;
  }

  get length(): number {
    return this.#body.length;
  }

  first(size: BlockSize): Block {
    return this.#block(0, size);
  }

  /** The block after another; in smaller ones, if the server wants them, as its number then counts those (§2.3). */
  after({ number, size }: Block, wanted: BlockSize): Block {
    return this.#block((number + 1) * size, wanted < size ? wanted : size);
  }

  part({ number, size }: Block): Uint8Array {
    return this.#body.subarray(number * size, (number + 1) * size);
  }

  #block(offset: number, size: BlockSize): Block {
    return { number: offset / size, more: offset + size < this.#body.length, size };
  }
}
