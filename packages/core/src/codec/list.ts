import type { ByteReader } from '../bytes/reader.js';
import type { ByteWriter } from '../bytes/writer.js';
import { FormatError, within } from '../errors/format-error.js';
import type { Codec, NumberCodec } from './codec.js';
import { type LengthLimits, readPrefixed, writePrefixed } from './prefix.js';

/** A length in bytes, then items that fill it exactly: TLS's `Item field<min..max>`. Limits are in bytes. */
export function list<T>(lengthCodec: NumberCodec, item: Codec<T>, limits: LengthLimits = {}): Codec<readonly T[]> {
  const items = sequence(item);
  return {
    decode(reader: ByteReader): readonly T[] {
      return items.decode(readPrefixed(reader, lengthCodec, limits));
    },
    encode(writer: ByteWriter, value: readonly T[]): void {
      writePrefixed(writer, lengthCodec, limits, (inner) => items.encode(inner, value));
    },
  };
}

/** Items until the enclosing message ends, possibly none. */
export function sequence<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    decode(reader: ByteReader): readonly T[] {
      const values: T[] = [];
      try {
        while (reader.remaining > 0) values.push(decodeItem(reader, item, values.length));
      } catch (error) {
        throw within(error, `[${values.length}]`);
      }
      return values;
    },
    encode(writer: ByteWriter, value: readonly T[]): void {
      let index = 0;
      try {
        for (; index < value.length; index++) item.encode(writer, value[index] as T);
      } catch (error) {
        throw within(error, `[${index}]`);
      }
    },
  };
}

function decodeItem<T>(reader: ByteReader, item: Codec<T>, index: number): T {
  const start = reader.offset;
  reader.trace?.enter(`[${index}]`);
  const value = item.decode(reader);
  reader.trace?.leave();
  // An item that takes no bytes would never reach the end.
  if (reader.offset === start) throw new FormatError('invalid-value', 'an item of a sequence is empty');
  return value;
}
