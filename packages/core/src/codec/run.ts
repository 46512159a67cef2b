import { FormatError } from '../errors/format-error.js';
import { ByteReader } from '../bytes/reader.js';
import { ByteWriter } from '../bytes/writer.js';
import { within } from '../errors/format-error.js';
import type { Codec } from './codec.js';
import { type FieldSpan, FieldTrace } from './field-trace.js';

/**
 * The bytes of a value. `name` starts the field path in errors, such as `clientHello`.
 * @throws SelvageError `value-out-of-range`, `length-out-of-range` or `invalid-value`, fault `caller`.
 */
export function encode<T>(codec: Codec<T>, value: T, name = ''): Uint8Array {
  const writer = new ByteWriter(codec.size);
  try {
    codec.encode(writer, value);
  } catch (error) {
    throw within(error, name);
  }
  return writer.take();
}

/**
 * The value of exactly these bytes; byte strings in it are views on them. `name` starts the field path in errors.
 * @throws SelvageError `truncated`, `trailing-bytes`, `length-out-of-range` or `invalid-value`, fault `peer`.
 */
export function decode<T>(codec: Codec<T>, bytes: Uint8Array, name = ''): T {
  return decodeAll(codec, new ByteReader(bytes), name);
}

/** Decodes what may be anything: `undefined` for a message that is none. */
export function tryDecode<T>(codec: Codec<T>, bytes: Uint8Array): T | undefined {
  try {
    return decode(codec, bytes);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/**
 * The leaf fields of a message in the order of the wire, length prefixes and tags included.
 * @throws SelvageError as {@link decode}.
 */
export function trace<T>(codec: Codec<T>, bytes: Uint8Array, name = ''): FieldSpan[] {
  const fields = new FieldTrace();
  if (name !== '') fields.enter(name);
  decodeAll(codec, new ByteReader(bytes, { trace: fields }), name);
  return fields.spans;
}

function decodeAll<T>(codec: Codec<T>, reader: ByteReader, name: string): T {
  try {
    const value = codec.decode(reader);
    reader.finish();
    return value;
  } catch (error) {
    throw within(error, name);
  }
}
