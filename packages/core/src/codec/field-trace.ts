import { joinPath } from '../errors/format-error.js';

/** What a leaf field holds. A `length` counts bytes that follow; a `tag` chooses what follows. */
export type FieldKind = 'number' | 'bytes' | 'length' | 'tag';

/** One leaf field of a message and where it lies. */
export interface FieldSpan {
  /** Such as `fragment.extensions[2].length`. Unique in its message: a second span of one path ends in `#2`. */
  readonly path: string;
  /** Offset in bytes from the start of the message. */
  readonly offset: number;
  /** Length in bytes; 0 for an empty byte string. */
  readonly length: number;
  readonly kind: FieldKind;
}

/** Collects the leaf fields that codecs read: codecs enter and leave fields, leaf codecs note their span. */
export class FieldTrace {
  readonly spans: FieldSpan[] = [];
  readonly #path: string[] = [];
  readonly #uses = new Map<string, number>();
  #numberKind: FieldKind = 'number';

  enter(segment: string): void {
    this.#path.push(segment);
  }

  leave(): void {
    this.#path.pop();
  }

  /** Notes a number; it is a length or a tag while {@link FieldTrace.as} says so. */
  number(offset: number, length: number): void {
    this.#note(offset, length, this.#numberKind);
  }

  bytes(offset: number, length: number): void {
    this.#note(offset, length, 'bytes');
  }

  /** Runs `read`, in which numbers are of the given kind. */
  as<T>(kind: FieldKind, read: () => T): T {
    const outer = this.#numberKind;
    this.#numberKind = kind;
    const value = read();
    this.#numberKind = outer;
    return value;
  }

  #note(offset: number, length: number, kind: FieldKind): void {
    const path = this.#path.reduce(joinPath, '');
    const uses = (this.#uses.get(path) ?? 0) + 1;
    this.#uses.set(path, uses);
    this.spans.push({ path: uses === 1 ? path : `${path}#${uses}`, offset, length, kind });
  }
}
