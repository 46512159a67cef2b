import { FormatError, byteCount } from '../errors/format-error.js';

const initialCapacity = 128;
/** By size in bytes. */
const largest = [0, 1, 2, 3, 4, 5, 6].map((size) => 2 ** (8 * size) - 1);

/** Writes big-endian numbers and byte strings one after the other into a buffer that grows. */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = initialCapacity) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#length;
  }

  /** @throws SelvageError `value-out-of-range`, as every number below. */
  u8(value: number): void {
    if ((value & 0xff) !== value) throw outOfRange(value, 1);
    const at = this.reserve(1);
    this.#bytes[at] = value;
  }

  u16(value: number): void {
    if ((value & 0xffff) !== value) throw outOfRange(value, 2);
    const at = this.reserve(2);
    this.#bytes[at] = value >> 8;
    this.#bytes[at + 1] = value & 0xff;
  }

  u24(value: number): void {
    this.unsigned(value, 3);
  }

  u32(value: number): void {
    this.unsigned(value, 4);
  }

  u48(value: number): void {
    this.unsigned(value, 6);
  }

  u64(value: bigint): void {
    if (value < 0n || value > 0xffff_ffff_ffff_ffffn) throw outOfRange(value, 8);
    this.u32(Number(value >> 32n));
    this.u32(Number(value & 0xffff_ffffn));
  }

  /** An unsigned number of `size` bytes, 1 to 6. */
  unsigned(value: number, size: number): void {
    checkUnsigned(value, size);
    this.#put(this.reserve(size), value, size);
  }

  bytes(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Leaves `size` zero bytes to be patched later, and says where they are. */
  reserve(size: number): number {
    const at = this.#length;
    const length = at + size;
    if (length > this.#bytes.length) this.#grow(length);
    this.#length = length;
    return at;
  }

  /** Writes an unsigned number over `size` bytes that were reserved at `offset`. */
  patch(offset: number, value: number, size: number): void {
    checkUnsigned(value, size);
    if (!(offset >= 0 && offset + size <= this.#length)) {
      throw new FormatError('invalid-argument', `nothing was reserved at ${offset}`);
    }
    this.#put(offset, value, size);
  }

  /** What was written, in an array of its own; the writer is empty afterwards. */
  take(): Uint8Array {
    const isFull = this.#length === this.#bytes.length;
    const bytes = isFull ? this.#bytes : this.#bytes.slice(0, this.#length);
    if (isFull) this.#bytes = new Uint8Array(0);
    else this.#bytes.fill(0, 0, this.#length);
    this.#length = 0;
    return bytes;
  }

  #put(offset: number, value: number, size: number): void {
    let rest = value;
    // Above 32 bits the shift operators wrap: the high part is divided off first.
    if (size > 4) {
      const high = Math.floor(value / 0x1_0000_0000);
      this.#put(offset, high, size - 4);
      return this.#put(offset + size - 4, value - high * 0x1_0000_0000, 4);
    }
    for (let i = offset + size - 1; i >= offset; i--) {
      this.#bytes[i] = rest & 0xff;
      rest >>>= 8;
    }
  }

  #grow(length: number): void {
    const bytes = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes.fill(0);
    this.#bytes = bytes;
  }
}

/** The largest unsigned number of `size` bytes, 0 to 6. */
export function largestUnsigned(size: number): number {
  return largest[size] as number;
}

function checkUnsigned(value: number, size: number): void {
  if (value >= 0 && value <= (largest[size] as number) && Number.isInteger(value)) return;
  throw outOfRange(value, size);
}

function outOfRange(value: number | bigint, size: number): FormatError {
  return new FormatError('value-out-of-range', `${value} does not fit ${byteCount(size)}, unsigned`, {
    details: { value: String(value), size },
  });
}
