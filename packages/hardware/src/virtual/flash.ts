import { checkErased, checkGeometry, checkRange, erasedByte, type Flash, type FlashGeometry } from '../board/flash.js';
import type { VirtualPower } from './power.js';

/** Flash in this process's memory. Its power can be cut at every write, and at every block of an erasure. */
export class VirtualFlash implements Flash {
  readonly size: number;
  readonly eraseSize: number;
  readonly writeSize: number;
  /** What it holds: whoever writes here has a soldering iron. */
  readonly bytes: Uint8Array;
  readonly #power: VirtualPower;

  constructor(geometry: FlashGeometry, power: VirtualPower) {
    checkGeometry(geometry);
    this.size = geometry.size;
    this.eraseSize = geometry.eraseSize;
    this.writeSize = geometry.writeSize;
    this.bytes = new Uint8Array(this.size).fill(erasedByte);
    this.#power = power;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    checkRange(this, offset, length);
    this.#power.require();
    return this.bytes.slice(offset, offset + length);
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    checkRange(this, offset, bytes.length, this.writeSize);
    checkErased(this.bytes.subarray(offset, offset + bytes.length), offset);
    const copy = new Uint8Array(bytes);
    this.#power.change(
      () => this.bytes.set(copy, offset),
      () => this.#tearWrite(offset, copy),
    );
  }

  async erase(offset: number, length: number): Promise<void> {
    checkRange(this, offset, length, this.eraseSize);
    for (let at = offset; at < offset + length; at += this.eraseSize) {
      const block = this.bytes.subarray(at, at + this.eraseSize);
      this.#power.change(
        () => block.fill(erasedByte),
        () => this.#tearErasure(block),
      );
    }
  }

  /** Half of the units are written, and of the next one some bits. */
  #tearWrite(offset: number, bytes: Uint8Array): void {
    const units = bytes.length / this.writeSize;
    const whole = Math.floor(units / 2) * this.writeSize;
    this.bytes.set(bytes.subarray(0, whole), offset);
    for (let at = whole; at < Math.min(whole + this.writeSize, bytes.length); at++) {
      this.bytes[offset + at] = (bytes[at] as number) | this.#power.random.below(256);
    }
  }

  /** Half of the block is erased, and behind it some bits are. */
  #tearErasure(block: Uint8Array): void {
    const middle = block.length / 2;
    block.fill(erasedByte, 0, middle);
    for (let at = middle; at < block.length; at++) {
      block[at] = (block[at] as number) | this.#power.random.below(256);
    }
  }
}
