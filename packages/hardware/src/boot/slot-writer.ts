import { concat, SelvageError } from '@selvage/core';
import { erasedByte, type Flash } from '../board/flash.js';
import { headerFieldsLength } from '../image/format/header.js';
import { trailerStart, writeMagic } from './slot-trailer.js';

/**
 * Writes an image into a slot from its second unit on. The first, with the header, stays out of the flash until the image
 * is installed: what has no header is no image to anybody, whatever cut its writing short.
 */
export class SlotWriter {
  readonly size: number;
  readonly #flash: Flash;
  readonly #headLength: number;
  readonly #head: Uint8Array;
  /** What does not fill a unit yet. */
  #tail = new Uint8Array(0);
  #received = 0;

  private constructor(flash: Flash, size: number) {
    this.#flash = flash;
    this.size = size;
    this.#headLength = Math.ceil(headerFieldsLength / flash.writeSize) * flash.writeSize;
    this.#head = new Uint8Array(this.#headLength).fill(erasedByte);
  }

  /**
   * Erases the slot for an image of that size. @throws SelvageError `payload-too-large` where it does not fit before the
   * trailer, `invalid-argument` for no size, `store-failed`
   */
  static async begin(flash: Flash, size: number): Promise<SlotWriter> {
    if (!Number.isInteger(size) || size < headerFieldsLength) {
      throw new SelvageError('invalid-argument', `an image has at least ${headerFieldsLength} bytes, not ${size}`);
    }
    const room = trailerStart(flash);
    if (size > room) {
      const details = { size, room };
      throw new SelvageError('payload-too-large', `an image of ${size} bytes in a slot for ${room}`, { details });
    }
    // The first block before all others: from then on there is no image.
    await flash.erase(0, flash.eraseSize);
    await flash.erase(flash.eraseSize, flash.size - flash.eraseSize);
    return new SlotWriter(flash, size);
  }

  /** How many bytes there are. */
  get received(): number {
    return this.#received;
  }

  /** Takes the bytes that come next. @throws SelvageError `invalid-argument` for others, or too many; `store-failed` */
  async write(offset: number, bytes: Uint8Array): Promise<void> {
    if (offset !== this.#received || offset + bytes.length > this.size) {
      throw new SelvageError(
        'invalid-argument',
        `${bytes.length} bytes at ${offset} where those at ${this.#received} come next, of ${this.size}`,
        { details: { offset, length: bytes.length, expected: this.#received, size: this.size } },
      );
    }
    const headPart = bytes.subarray(0, Math.max(0, this.#headLength - offset));
    const body = concat(this.#tail, bytes.subarray(headPart.length));
    const whole = body.length - (body.length % this.#flash.writeSize);
    const place = Math.max(this.#headLength, offset) - this.#tail.length;
    if (whole > 0) await this.#flash.write(place, body.subarray(0, whole));
    this.#head.set(headPart, Math.min(offset, this.#headLength - headPart.length));
    this.#tail = body.slice(whole);
    this.#received += bytes.length;
  }

  /** Writes what does not fill a unit; the image is whole then. @returns the slot as it is to be */
  async finish(): Promise<Uint8Array> {
    if (this.#received !== this.size) {
      throw new SelvageError('wrong-state', `the image has ${this.#received} of ${this.size} bytes`, {
        details: { received: this.#received, size: this.size },
      });
    }
    if (this.#tail.length > 0) {
      const unit = new Uint8Array(this.#flash.writeSize).fill(erasedByte);
      unit.set(this.#tail);
      await this.#flash.write(Math.max(this.#headLength, this.#received) - this.#tail.length, unit);
      this.#tail = new Uint8Array(0);
    }
    const slot = await this.#flash.read(0, this.#flash.size);
    slot.set(this.#head);
    return slot;
  }

  /** Asks for a trial, and then makes the slot an image with its header. */
  async install(): Promise<void> {
    await writeMagic(this.#flash);
    await this.#flash.write(0, this.#head);
  }
}
