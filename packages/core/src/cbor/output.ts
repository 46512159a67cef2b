/** The buffer's length to begin with, and the longest that is kept for the next value, bytes. */
const [initialLength, longestKept] = [1024, 65_536];
/** Bytes of the longest head: an initial byte, and an argument of 64 bits. */
const longestHead = 9;
/** A text up to so many units is written unit by unit: for short ones a call into the encoder costs more. */
const shortText = 48;

const utf8 = new TextEncoder();
const float = new DataView(new ArrayBuffer(8));

/** The initial byte's major types (RFC 8949 §3.1). */
export const majors = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, simple: 7 } as const;

/** What CBOR is written into, item by item. */
export class CborOutput {
  #bytes = new Uint8Array(initialLength);
  #length = 0;

  /** What was written, in an array of its own. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Forgets what was written: it may have been secret. */
  clear(): void {
    this.#bytes.fill(0, 0, this.#length);
    if (this.#bytes.length > longestKept) this.#bytes = new Uint8Array(initialLength);
    this.#length = 0;
  }

  /** The head of an item: its major type and its argument, an integer from 0 to 2^53 − 1, in the fewest bytes. */
  head(major: number, argument: number): void {
    this.#reserve(longestHead);
    this.#length = writeHead(this.#bytes, this.#length, major, argument);
  }

  /** The head of an item whose argument may have 64 bits. */
  longHead(major: number, argument: bigint): void {
    if (argument <= Number.MAX_SAFE_INTEGER) return this.head(major, Number(argument));
    float.setBigUint64(0, argument);
    this.#argument((major << 5) | 27, 8);
  }

  bytes(bytes: Uint8Array): void {
    this.head(majors.bytes, bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A text that has no half of a surrogate pair; returns whether it is all ASCII, and has none for that reason. */
  text(text: string): boolean {
    this.#reserve(longestHead + 3 * text.length);
    return (text.length <= shortText && this.#shortText(text)) || this.#longText(text);
  }

  /** A float in the fewest bytes that hold it. */
  float(value: number): void {
    float.setFloat32(0, value);
    const isSingle = Number.isNaN(value) || float.getFloat32(0) === value;
    const half = isSingle ? halfOf(float.getUint32(0)) : undefined;
    if (half !== undefined) {
      float.setUint16(0, half);
      this.#argument(0xf9, 2);
    } else if (isSingle) {
      this.#argument(0xfa, 4);
    } else {
      float.setFloat64(0, value);
      this.#argument(0xfb, 8);
    }
  }

  #shortText(text: string): boolean {
    const bytes = this.#bytes;
    const start = writeHead(bytes, this.#length, majors.text, text.length);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return false;
      bytes[start + i] = unit;
    }
    this.#length = start + text.length;
    return true;
  }

  /** The text is written behind the longest head, and moved to where its head ends. */
  #longText(text: string): boolean {
    const from = this.#length + longestHead;
    const { written } = utf8.encodeInto(text, this.#bytes.subarray(from));
    const start = writeHead(this.#bytes, this.#length, majors.text, written);
    this.#bytes.copyWithin(start, from, from + written);
    this.#length = start + written;
    this.#bytes.fill(0, this.#length, from + written);
    return written === text.length;
  }

  /** An initial byte, and as many bytes of the scratch view behind it. */
  #argument(initial: number, size: number): void {
    this.#reserve(longestHead);
    this.#bytes[this.#length++] = initial;
    for (let i = 0; i < size; i++) this.#bytes[this.#length++] = float.getUint8(i);
  }

  #reserve(size: number): void {
    const length = this.#length + size;
    if (length <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes.fill(0);
    this.#bytes = bytes;
  }
}

/** Returns where the head ends. */
function writeHead(bytes: Uint8Array, at: number, major: number, argument: number): number {
  const type = major << 5;
  if (argument < 24) {
    bytes[at] = type | argument;
    return at + 1;
  }
  const sizeBits = argument < 0x100 ? 0 : argument < 0x1_0000 ? 1 : argument < 0x1_0000_0000 ? 2 : 3;
  bytes[at] = type | (24 + sizeBits);
  const end = at + 1 + (1 << sizeBits);
  let rest = argument;
  for (let i = end - 1; i > at; i--) {
    bytes[i] = rest & 0xff;
    rest = sizeBits < 3 ? rest >>> 8 : Math.floor(rest / 256);
  }
  return end;
}

/** The half float that is equal to a single one; undefined where none is. All that are not a number become one. */
function halfOf(single: number): number | undefined {
  const sign = (single >>> 16) & 0x8000;
  const exponent = (single >>> 23) & 0xff;
  const fraction = single & 0x7f_ffff;
  if (exponent === 0xff) return fraction === 0 ? sign | 0x7c00 : 0x7e00;
  if (exponent === 0 && fraction === 0) return sign;
  // The exponents are biased by 127 and by 15.
  const biased = exponent - 112;
  if (biased >= 31) return undefined;
  if (biased >= 1) return (fraction & 0x1fff) === 0 ? sign | (biased << 10) | (fraction >> 13) : undefined;
  const shift = 14 - biased;
  const digits = fraction | 0x80_0000;
  return shift < 24 && (digits & ((1 << shift) - 1)) === 0 ? sign | (digits >> shift) : undefined;
}
