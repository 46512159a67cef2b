import { ByteReader, FormatError, within } from '@selvage/core';
import { type DerElement, DerTag, readElement } from './element.js';

/**
 * How one type of DER is read: it checks the element's tag and gives the value.
 * @throws SelvageError `truncated`, `trailing-bytes`, `invalid-value`: a {@link FormatError} that names the field.
 */
export type DerType<T> = (element: DerElement) => T;

/** The elements in a constructed one, front to back. */
export class DerFields {
  readonly #bytes: Uint8Array;
  readonly #reader: ByteReader;
  /** Read ahead by a look at the next tag. */
  #next: DerElement | undefined;

  constructor(content: Uint8Array) {
    this.#bytes = content;
    this.#reader = new ByteReader(content);
  }

  /** Whether all elements were read. */
  get isEmpty(): boolean {
    return this.#next === undefined && this.#reader.remaining === 0;
  }

  /** The next element as a value; `name` is its segment in error paths. */
  read<T>(name: string, type: DerType<T>): T {
    try {
      return type(this.#take());
    } catch (error) {
      throw within(error, name);
    }
  }

  /** The same where the next element has one of these tags; `undefined` else, and nothing is read. */
  readIf<T>(name: string, tags: number | readonly number[], type: DerType<T>): T | undefined {
    const tag = this.#peek(name);
    const matches = tag !== undefined && (typeof tags === 'number' ? tag === tags : tags.includes(tag));
    return matches ? this.read(name, type) : undefined;
  }

  /** All elements that are left. */
  readAll<T>(type: DerType<T>): T[] {
    const values: T[] = [];
    while (!this.isEmpty) values.push(this.read(`[${values.length}]`, type));
    return values;
  }

  /** @throws SelvageError `trailing-bytes` unless everything was read. */
  finish(): void {
    if (this.#next !== undefined) throw new FormatError('trailing-bytes', 'more elements than the format has');
    this.#reader.finish();
  }

  #take(): DerElement {
    const element = this.#next ?? readElement(this.#reader, this.#bytes);
    this.#next = undefined;
    return element;
  }

  #peek(name: string): number | undefined {
    if (this.isEmpty) return undefined;
    try {
      this.#next ??= readElement(this.#reader, this.#bytes);
      return this.#next.tag;
    } catch (error) {
      throw within(error, name);
    }
  }
}

/** The value of the one element that these bytes are; `name` starts the path in errors. @throws as {@link DerType}. */
export function readDer<T>(bytes: Uint8Array, type: DerType<T>, name = ''): T {
  const fields = new DerFields(bytes);
  const value = fields.read(name, type);
  fields.finish();
  return value;
}

/** Any element as it is. */
export const anyElement: DerType<DerElement> = (element) => element;

/** SEQUENCE { … }, X.690 §8.9: exactly the fields that `read` takes. */
export function sequence<T>(read: (fields: DerFields, element: DerElement) => T): DerType<T> {
  return constructed(DerTag.sequence, read);
}

/** The fields of an element with this tag, such as an implicitly tagged SEQUENCE. */
export function constructed<T>(tag: number, read: (fields: DerFields, element: DerElement) => T): DerType<T> {
  return (element) => {
    const fields = new DerFields(contentOf(element, tag));
    const value = read(fields, element);
    fields.finish();
    return value;
  };
}

/** SEQUENCE SIZE (`least`..MAX) OF `type`. */
export function sequenceOf<T>(type: DerType<T>, least = 0): DerType<T[]> {
  return elementsOf(DerTag.sequence, type, least);
}

/** SET SIZE (`least`..MAX) OF `type`. Whether it is sorted, as DER wants, is not looked at: nothing depends on it. */
export function setOf<T>(type: DerType<T>, least = 0): DerType<T[]> {
  return elementsOf(DerTag.set, type, least);
}

/** The same under a tag of its own, such as an implicitly tagged SEQUENCE OF. */
export function elementsOf<T>(tag: number, type: DerType<T>, least = 0): DerType<T[]> {
  return constructed(tag, (fields) => {
    const values = fields.readAll(type);
    if (values.length >= least) return values;
    throw new FormatError('invalid-value', `${values.length} elements where ${least} are the least`);
  });
}

/** `[n] EXPLICIT`: the tag, and in it one whole element. */
export function explicit<T>(tag: number, type: DerType<T>): DerType<T> {
  return (element) => readDer(contentOf(element, tag), type);
}

/** The content of an element that must have this tag. @throws SelvageError `invalid-value`. */
export function contentOf(element: DerElement, tag: number): Uint8Array {
  if (element.tag === tag) return element.content;
  throw new FormatError('invalid-value', `tag ${hex(element.tag)} where ${hex(tag)} belongs`);
}

function hex(tag: number): string {
  return `0x${tag.toString(16).padStart(2, '0')}`;
}
