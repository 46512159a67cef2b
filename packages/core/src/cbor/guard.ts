import { type Token, Tokenizer, Type } from 'cborg';
import { strictUtf8 } from '../bytes/utf8.js';
import { byteCount, FormatError } from '../errors/format-error.js';
import { type CborLimits, deepest } from './value.js';

/** An array or a map that has begun. */
interface Open {
  readonly isMap: boolean;
  /** Items still to come, keys counted; infinite where a break ends it. */
  left: number;
  /** Whether the next item of a map is a key. */
  atKey: boolean;
  keys: number;
  readonly depth: number;
  readonly around: Open | undefined;
}

/**
 * The tokens of one value, each checked before cborg makes anything of it: cborg leaves nesting and amounts to its
 * caller, puts U+FFFD where a text is not UTF-8, takes any value for a key, and a break for the value of one.
 */
export class GuardedTokenizer {
  readonly #bytes: Uint8Array;
  readonly #tokens: Tokenizer;
  readonly #depth: number;
  readonly #keys: number;
  #around: Open | undefined;
  #itemsLeft: number;

  constructor(bytes: Uint8Array, { depth = 16, items = 65_536, keys = 1024 }: CborLimits) {
    this.#bytes = bytes;
    this.#tokens = new Tokenizer(bytes, { allowBigInt: true });
    this.#depth = Math.min(depth, deepest);
    this.#keys = keys;
    this.#itemsLeft = items;
  }

  pos(): number {
    return this.#tokens.pos();
  }

  /** cborg asks before each token, and only where it needs one. */
  done(): boolean {
    if (this.#tokens.done()) throw this.#truncated(1);
    return false;
  }

  next(): Token {
    const start = this.pos();
    const token = this.#tokens.next();
    if (token.type === Type.break) return this.#closed(token, start);
    if (this.#itemsLeft-- <= 0) throw beyond('there are more items than allowed', start);
    if (token.type === Type.string) this.#requireText(token, start);
    if (this.#around !== undefined) this.#count(this.#around, token, start);
    if (token.type === Type.array || token.type === Type.map) this.#enter(token, start);
    if (this.#around?.left === 0) this.#leaveFull();
    return token;
  }

  #count(around: Open, { type, value }: Token, start: number): void {
    around.left--;
    if (!around.isMap) return;
    if (around.atKey) {
      const isKey = type === Type.string || ((type === Type.uint || type === Type.negint) && typeof value === 'number');
      if (!isKey) throw invalid('a map has a key that is neither text nor an exact integer', start);
      if (++around.keys > this.#keys) throw beyond(`a map has more than ${this.#keys} keys`, start);
    }
    around.atKey = !around.atKey;
  }

  #enter({ type, value }: Token, start: number): void {
    const depth = (this.#around?.depth ?? 0) + 1;
    if (depth > this.#depth) {
      throw beyond(`there are more than ${this.#depth} arrays and maps in one another`, start);
    }
    const isMap = type === Type.map;
    const left = (value as number) * (isMap ? 2 : 1);
    // Each item takes a byte at least: nothing is made for what cannot be there.
    if (left !== Infinity && left > this.#bytes.length - this.pos()) throw this.#truncated(left);
    this.#around = { isMap, left, atKey: isMap, keys: 0, depth, around: this.#around };
  }

  #leaveFull(): void {
    while (this.#around?.left === 0) this.#around = this.#around.around;
  }

  #closed(token: Token, start: number): Token {
    const ended = this.#around;
    if (ended?.left !== Infinity || (ended.isMap && !ended.atKey)) {
      throw invalid('a break where nothing is to end', start);
    }
    this.#around = ended.around;
    this.#leaveFull();
    return token;
  }

  /**
   * Texts that are not plain ASCII are read again, strictly, and with their byte order mark. Only of ASCII, and of bytes
   * that cborg put U+FFFD for, does each make one unit of UTF-16.
   */
  #requireText(token: Token, start: number): void {
    const text = token.value as string;
    const end = this.pos();
    const length = end - start - headLength(this.#bytes[start] as number);
    if (text.length === length && !text.includes('\ufffd')) return;
    try {
      token.value = strictUtf8(this.#bytes.subarray(end - length, end));
    } catch {
      throw invalid('a text is not UTF-8', start);
    }
  }

  #truncated(needed: number): FormatError {
    const available = this.#bytes.length - this.pos();
    return new FormatError('truncated', `needs ${byteCount(needed)} where ${available} are left`, {
      details: { offset: this.pos(), needed, available },
    });
  }
}

/** Bytes of an item's initial byte and argument (RFC 8949 §3). */
function headLength(initial: number): number {
  const information = initial & 31;
  return information < 24 ? 1 : 1 + (1 << (information - 24));
}

export function invalid(problem: string, offset: number): FormatError {
  return new FormatError('invalid-value', problem, { details: { offset } });
}

function beyond(problem: string, offset: number): FormatError {
  return new FormatError('length-out-of-range', problem, { details: { offset } });
}
