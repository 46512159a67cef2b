import { SelvageError } from './errors/error.js';

const redacted = '‹redacted›';

/**
 * Bytes that must not be seen: keys, passphrases, one-time codes. A secret prints as `‹redacted›` in text, JSON and
 * inspection, and a structured clone of it is empty. Only {@link Secret.reveal} gives the bytes.
 */
export class Secret {
  readonly #bytes: Uint8Array;
  #disposed = false;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A secret that holds a copy of `bytes`; the caller may zero its own. */
  static of(bytes: Uint8Array): Secret {
    return new Secret(new Uint8Array(bytes));
  }

  /** A secret that holds the UTF-8 bytes of `text`. JavaScript cannot wipe `text` itself. */
  static text(text: string): Secret {
    return new Secret(new TextEncoder().encode(text));
  }

  /** Length in bytes. */
  get length(): number {
    return this.#bytes.length;
  }

  /**
   * The bytes themselves, not a copy: use them at once, do not write to them, do not keep them.
   * @throws SelvageError `wrong-state` after `dispose`.
   */
  reveal(): Uint8Array {
    if (this.#disposed) throw new SelvageError('wrong-state', 'the secret was disposed of');
    return this.#bytes;
  }

  /** Overwrites the bytes with zeros; the secret cannot be revealed any more. */
  dispose(): void {
    this.#disposed = true;
    this.#bytes.fill(0);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.toPrimitive](): string {
    return redacted;
  }

  /** What `util.inspect` and so `console.log` print. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted;
  }
}
