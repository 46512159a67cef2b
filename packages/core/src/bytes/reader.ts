import type { FieldTrace } from '../codec/field-trace.js';
import { FormatError, byteCount } from '../errors/format-error.js';

/** Options of {@link ByteReader}. */
export interface ByteReaderOptions {
  /** Where codecs note the fields they read. */
  readonly trace?: FieldTrace | undefined;
}

/** Reads big-endian numbers and byte strings front to back; no read goes past the end. */
export class ByteReader {
  /** Where codecs note the fields they read; undefined except while tracing. */
  readonly trace: FieldTrace | undefined;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #offset: number;

  constructor(bytes: Uint8Array, options?: ByteReaderOptions, start = 0, end = bytes.length) {
    // A Buffer's subarray is a Buffer: values read are plain Uint8Arrays whatever came in.
    this.#bytes =
      bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.trace = options?.trace;
    this.#offset = start;
    this.#end = end;
  }

  /** Where the next read starts, counted from the start of the outermost reader's bytes (also in a `sub` reader). */
  get offset(): number {
    return this.#offset;
  }

  /** How many bytes are left. */
  get remaining(): number {
    return this.#end - this.#offset;
  }

  u8(): number {
    return this.#bytes[this.#advance(1)] as number;
  }

  u16(): number {
    const at = this.#advance(2);
    const b = this.#bytes;
    return ((b[at] as number) << 8) | (b[at + 1] as number);
  }

  u24(): number {
    const at = this.#advance(3);
    const b = this.#bytes;
    return ((b[at] as number) << 16) | ((b[at + 1] as number) << 8) | (b[at + 2] as number);
  }

  u32(): number {
    const at = this.#advance(4);
    const b = this.#bytes;
    const low = ((b[at + 1] as number) << 16) | ((b[at + 2] as number) << 8) | (b[at + 3] as number);
    return (b[at] as number) * 0x1000000 + low;
  }

  u48(): number {
    this.#require(6);
    return this.u16() * 0x1_0000_0000 + this.u32();
  }

  u64(): bigint {
    this.#require(8);
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32());
  }

  /** The next `length` bytes, as a view on the input. */
  bytes(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** The next `length` bytes without reading past them. */
  peek(length: number): Uint8Array {
    this.#require(length);
    return this.#bytes.subarray(this.#offset, this.#offset + length);
  }

  /** All that is left, as a view on the input. */
  rest(): Uint8Array {
    return this.bytes(this.remaining);
  }

  /** A reader of exactly the next `length` bytes, which this reader skips. */
  sub(length: number): ByteReader {
    const at = this.#advance(length);
    return new ByteReader(this.#bytes, this, at, at + length);
  }

  /** @throws SelvageError `trailing-bytes` unless everything was read. */
  finish(): void {
    if (this.#offset === this.#end) return;
    throw new FormatError('trailing-bytes', `${byteCount(this.remaining)} left over where the format ends`, {
      details: { offset: this.#offset, trailing: this.remaining },
    });
  }

  #advance(length: number): number {
    const at = this.#offset;
    const offset = at + length;
    if (!(length >>> 0 === length && offset <= this.#end)) this.#require(length);
    this.#offset = offset;
    return at;
  }

  #require(length: number): void {
    if (length >>> 0 === length && length <= this.#end - this.#offset) return;
    if (length >>> 0 !== length) {
      throw new FormatError('invalid-argument', `${length} is not a number of bytes`);
    }
    throw new FormatError('truncated', `needs ${byteCount(length)} where ${this.remaining} are left`, {
      details: { offset: this.#offset, needed: length, available: this.remaining },
    });
  }
}
