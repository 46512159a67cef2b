import type { Memory } from '../board/memory.js';
import type { VirtualPower } from './power.js';

/** The chip's memory in this process's own, with power cuts: a torn write leaves any of its bytes old, the others new. */
export class VirtualMemory implements Memory {
  readonly bytes: Uint8Array;
  readonly #power: VirtualPower;

  /** @param bytes what it holds at first; they are its own from then on */
  constructor(bytes: Uint8Array, power: VirtualPower) {
    this.bytes = bytes;
    this.#power = power;
  }

  get size(): number {
    return this.bytes.length;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    this.#power.require();
    return this.bytes.slice(offset, offset + length);
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    const copy = new Uint8Array(bytes);
    this.#power.change(
      () => this.bytes.set(copy, offset),
      () => this.#tear(offset, copy),
    );
  }

  #tear(offset: number, bytes: Uint8Array): void {
    for (const [i, byte] of bytes.entries()) {
      if (this.#power.random.chance(0.5)) this.bytes[offset + i] = byte;
    }
  }
}
