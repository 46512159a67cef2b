import { FormatError, byteCount } from '../errors/format-error.js';
import { halfFloat } from './half-float.js';
import { readKeyText, readText } from './text.js';
import { type CborLimits, type CborMap, type CborValue, deepest, majorTypes } from './value.js';

/** The additional information (RFC 8949 §3) of an indefinite length, and of the break that ends one. */
const indefinite = 31;
/** The initial byte of a break. */
const breakByte = 0xff;

/**
 * Reads one CBOR value (RFC 8949), which must be all of `bytes`. Lengths may be definite or indefinite and integers
 * longer than need be, as CBOR allows. Byte strings are copies: the value keeps nothing of `bytes`.
 * @throws FormatError `truncated`; `trailing-bytes`; `length-out-of-range` beyond a limit; `invalid-value` for what is
 *   not well-formed, bad UTF-8, a key twice (unless the limits say otherwise), a key that is neither text nor an exact integer, a tag, and a simple value
 *   without a meaning here. `details.offset` says where.
 */
export function decodeCbor(bytes: Uint8Array, limits: CborLimits = {}): CborValue {
  const decoder = new Decoder(bytes, limits);
  const value = decoder.item(0);
  decoder.finish();
  return value;
}

class Decoder {
  readonly #bytes: Uint8Array;
  readonly #depth: number;
  readonly #keys: number;
  readonly #refusesRepeated: boolean;
  #itemsLeft: number;
  #at = 0;

  constructor(bytes: Uint8Array, { depth = 16, items = 65_536, keys = 1024, repeatedKeys = 'refuse' }: CborLimits) {
    // A Buffer's slice is no copy: values read are plain Uint8Arrays whatever came in.
    this.#bytes =
      bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#depth = Math.min(depth, deepest);
    this.#keys = keys;
    this.#refusesRepeated = repeatedKeys === 'refuse';
    this.#itemsLeft = items;
  }

  /** The item that starts here; `depth` arrays and maps are around it. */
  item(depth: number): CborValue {
    const initial = this.#initial();
    const information = initial & 31;
    switch (initial >> 5) {
      case majorTypes.unsigned:
        return this.#integer(information);
      case majorTypes.negative:
        return negated(this.#integer(information));
      case majorTypes.bytes:
        return information === indefinite ? this.#chunkedBytes() : this.#plainBytes(information);
      case majorTypes.text:
        return information === indefinite ? this.#chunkedText() : this.#plainText(information);
      case majorTypes.array:
        return this.#array(information, depth + 1);
      case majorTypes.map:
        return this.#map(information, depth + 1);
      case majorTypes.simple:
        return this.#simple(information);
      default:
        throw this.#invalid('a tag has no place here');
    }
  }

  finish(): void {
    const trailing = this.#bytes.length - this.#at;
    if (trailing === 0) return;
    throw new FormatError('trailing-bytes', `${byteCount(trailing)} left over behind the value`, {
      details: { offset: this.#at, trailing },
    });
  }

  #array(information: number, depth: number): CborValue[] {
    this.#enter(depth);
    const items: CborValue[] = [];
    if (information === indefinite) {
      while (!this.#break()) items.push(this.item(depth));
      return items;
    }
    for (let left = this.#count(information, 1); left > 0; left--) items.push(this.item(depth));
    return items;
  }

  #map(information: number, depth: number): CborMap {
    this.#enter(depth);
    const map = new Map<string | number, CborValue>();
    if (information === indefinite) {
      while (!this.#break()) this.#entry(map, depth);
      return map;
    }
    for (let left = this.#count(information, 2); left > 0; left--) this.#entry(map, depth);
    return map;
  }

  #entry(map: Map<string | number, CborValue>, depth: number): void {
    const key = this.#key();
    const before = map.size;
    if (before >= this.#keys) throw this.#beyond(`a map has more than ${this.#keys} keys`);
    const isRepeated = map.has(key);
    if (isRepeated && this.#refusesRepeated) throw this.#invalid('a map has a key twice');
    const value = this.item(depth);
    if (!isRepeated) map.set(key, value);
  }

  #key(): string | number {
    const initial = this.#initial();
    const information = initial & 31;
    switch (initial >> 5) {
      case majorTypes.text:
        return information === indefinite ? this.#chunkedText() : this.#plainKey(information);
      case majorTypes.unsigned:
      case majorTypes.negative: {
        const value = this.#integer(information);
        const key = initial >> 5 === majorTypes.negative ? negated(value) : value;
        if (typeof key === 'number') return key;
      }
    }
    throw this.#invalid('a map has a key that is neither text nor an exact integer');
  }

  #integer(information: number): number | bigint {
    if (information < 27) return this.#argument(information);
    if (information > 27) throw this.#reserved(information);
    const high = this.#unsigned(4);
    const low = this.#unsigned(4);
    return high < 0x20_0000 ? high * 0x1_0000_0000 + low : (BigInt(high) << 32n) | BigInt(low);
  }

  #simple(information: number): CborValue {
    switch (information) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
        return null;
      case 23:
        return undefined;
      case 25:
        return halfFloat(this.#unsigned(2));
      case 26:
        return this.#view(4).getFloat32(0);
      case 27:
        return this.#view(8).getFloat64(0);
      case indefinite:
        throw this.#invalid('a break where nothing is to end');
      default:
        throw this.#invalid('a simple value without a meaning here');
    }
  }

  #plainBytes(information: number): Uint8Array {
    const start = this.#skip(this.#argument(information));
    return this.#bytes.slice(start, this.#at);
  }

  #plainText(information: number): string {
    const start = this.#skip(this.#argument(information));
    return this.#valid(readText(this.#bytes, start, this.#at));
  }

  #plainKey(information: number): string {
    const start = this.#skip(this.#argument(information));
    return this.#valid(readKeyText(this.#bytes, start, this.#at));
  }

  /** A byte string in chunks (RFC 8949 §3.2.3). */
  #chunkedBytes(): Uint8Array {
    const chunks: Uint8Array[] = [];
    let length = 0;
    while (!this.#break()) {
      const chunk = this.#plainBytes(this.#chunk(majorTypes.bytes));
      chunks.push(chunk);
      length += chunk.length;
    }
    const bytes = new Uint8Array(length);
    for (const chunk of chunks.reverse()) bytes.set(chunk, (length -= chunk.length));
    return bytes;
  }

  /** A text in chunks, no character in two of them (RFC 8949 §3.2.3). */
  #chunkedText(): string {
    let text = '';
    while (!this.#break()) text += this.#plainText(this.#chunk(majorTypes.text));
    return text;
  }

  /** The additional information of a chunk, which has a definite length and the type of its string. */
  #chunk(type: number): number {
    const initial = this.#initial();
    if (initial >> 5 === type && (initial & 31) !== indefinite) return initial & 31;
    throw this.#invalid('a chunk of a string is no such string');
  }

  /** How many items, or pairs of items, are to come: never more than there are bytes for. */
  #count(information: number, smallest: number): number {
    const count = this.#argument(information);
    if (count * smallest > this.#bytes.length - this.#at) throw this.#truncated(count * smallest);
    return count;
  }

  /** The argument of an initial byte (RFC 8949 §3); above 2^53 it is rounded, which no length here is. */
  #argument(information: number): number {
    if (information < 24) return information;
    if (information > 27) throw this.#reserved(information);
    if (information < 27) return this.#unsigned(1 << (information - 24));
    return this.#unsigned(4) * 0x1_0000_0000 + this.#unsigned(4);
  }

  #unsigned(size: number): number {
    const start = this.#skip(size);
    let value = 0;
    for (let at = start; at < this.#at; at++) value = value * 256 + (this.#bytes[at] as number);
    return value;
  }

  #view(size: number): DataView {
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#skip(size), size);
  }

  #initial(): number {
    if (this.#itemsLeft-- <= 0) throw this.#beyond('there are more items than allowed');
    return this.#bytes[this.#skip(1)] as number;
  }

  /** Whether a break comes next; it is then passed. */
  #break(): boolean {
    if (this.#bytes[this.#at] !== breakByte) return false;
    this.#at++;
    return true;
  }

  #skip(length: number): number {
    const start = this.#at;
    if (length > this.#bytes.length - start) throw this.#truncated(length);
    this.#at = start + length;
    return start;
  }

  #enter(depth: number): void {
    if (depth > this.#depth) throw this.#beyond(`there are more than ${this.#depth} arrays and maps in one another`);
  }

  #valid(text: string | undefined): string {
    if (text === undefined) throw this.#invalid('a text is not UTF-8');
    return text;
  }

  #truncated(needed: number): FormatError {
    const available = this.#bytes.length - this.#at;
    return new FormatError('truncated', `needs ${byteCount(needed)} where ${available} are left`, {
      details: { offset: this.#at, needed, available },
    });
  }

  #beyond(problem: string): FormatError {
    return new FormatError('length-out-of-range', problem, { details: { offset: this.#at } });
  }

  #reserved(information: number): FormatError {
    return this.#invalid(`additional information ${information} has no meaning here`);
  }

  #invalid(problem: string): FormatError {
    return new FormatError('invalid-value', problem, { details: { offset: this.#at } });
  }
}

function negated(value: number | bigint): number | bigint {
  if (typeof value === 'bigint') return -1n - value;
  // −2^53 is one beyond what a number holds apart from its neighbour.
  return value === Number.MAX_SAFE_INTEGER ? -1n - BigInt(value) : -1 - value;
}
