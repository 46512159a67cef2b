import { SelvageError } from '../errors/error.js';
import { halfFloatBits } from './half-float.js';
import { majorTypes } from './value.js';

const initialCapacity = 2048;
/** A writer whose buffer grew above this is not kept. */
const largestKept = 65_536;
/** Texts above this many characters are left to the platform's encoder, which is quicker for them. */
const longestByHand = 64;

const encoder = new TextEncoder();
const loneSurrogate = /\p{Surrogate}/u;
const floatBytes = new DataView(new ArrayBuffer(8));

/** At most one: whoever encodes gives back before another starts. */
const spare: CborWriter[] = [];

/** Writes the initial bytes and contents of CBOR items (RFC 8949 §3) one after the other. */
export class CborWriter {
  #bytes = new Uint8Array(initialCapacity);
  #length = 0;

  /** An empty writer, which should be given back: to make its buffer costs more than to encode most values. */
  static take(): CborWriter {
    return spare.pop() ?? new CborWriter();
  }

  /** Forgets what was written, which may have been secret, and lets the next one have the buffer. */
  giveBack(): void {
    this.#bytes.fill(0, 0, this.#length);
    this.#length = 0;
    if (this.#bytes.length <= largestKept && spare.length === 0) spare.push(this);
  }

  /** What was written, in an array of its own. */
  copy(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  byte(value: number): void {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }

  /** An initial byte with its argument, an exact integer, in as few bytes as hold it. */
  head(type: number, argument: number): void {
    const initial = type << 5;
    if (argument < 24) this.byte(initial | argument);
    else if (argument <= 0xff) this.#sized(initial | 24, argument, 1);
    else if (argument <= 0xffff) this.#sized(initial | 25, argument, 2);
    else if (argument <= 0xffff_ffff) this.#sized(initial | 26, argument, 4);
    else this.head64(type, BigInt(argument));
  }

  /** The same for an argument of up to 64 bits. */
  head64(type: number, argument: bigint): void {
    if (argument <= 0xffff_ffffn) return this.head(type, Number(argument));
    this.#sized((type << 5) | 27, Number(argument >> 32n), 4);
    this.#put(this.#reserve(4), Number(argument & 0xffff_ffffn), 4);
  }

  number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return this.#float(value);
    if (value < 0) this.head(majorTypes.negative, -1 - value);
    else this.head(majorTypes.unsigned, value);
  }

  bytes(value: Uint8Array): void {
    this.head(majorTypes.bytes, value.length);
    const at = this.#reserve(value.length);
    this.#bytes.set(value, at);
  }

  text(value: string): void {
    if (value.length <= longestByHand && this.#ascii(value)) return;
    if (loneSurrogate.test(value)) throw new SelvageError('invalid-argument', 'a text has half a surrogate pair');
    const encoded = encoder.encode(value);
    this.head(majorTypes.text, encoded.length);
    const at = this.#reserve(encoded.length);
    this.#bytes.set(encoded, at);
  }

  /** Writes a text if it is ASCII, else nothing. */
  #ascii(value: string): boolean {
    const before = this.#length;
    this.head(majorTypes.text, value.length);
    let at = this.#reserve(value.length);
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) {
        this.#length = before;
        return false;
      }
      this.#bytes[at++] = code;
    }
    return true;
  }

  /** The shortest float that is equal (RFC 8949 §4.1). */
  #float(value: number): void {
    const half = halfFloatBits(value);
    if (half !== undefined) return this.#sized(0xf9, half, 2);
    if (Math.fround(value) === value) {
      floatBytes.setFloat32(0, value);
      return this.#sized(0xfa, floatBytes.getUint32(0), 4);
    }
    floatBytes.setFloat64(0, value);
    this.#sized(0xfb, floatBytes.getUint32(0), 4);
    this.#put(this.#reserve(4), floatBytes.getUint32(4), 4);
  }

  #sized(initial: number, argument: number, size: number): void {
    const at = this.#reserve(1 + size);
    this.#bytes[at] = initial;
    this.#put(at + 1, argument, size);
  }

  #put(start: number, value: number, size: number): void {
    let rest = value;
    for (let at = start + size - 1; at >= start; at--) {
      this.#bytes[at] = rest & 0xff;
      rest >>>= 8;
    }
  }

  #reserve(size: number): number {
    const at = this.#length;
    this.#length = at + size;
    if (this.#length > this.#bytes.length) this.#grow(at);
    return at;
  }

  #grow(written: number): void {
    const bytes = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
    bytes.set(this.#bytes.subarray(0, written));
    this.#bytes.fill(0, 0, written);
    this.#bytes = bytes;
  }
}
