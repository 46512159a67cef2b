import type { ByteReader } from '../bytes/reader.js';
import type { ByteWriter } from '../bytes/writer.js';
import type { Codec } from './codec.js';

/**
 * Values that are written as another codec's values. A value that does not survive the mapping is refused by throwing
 * a `FormatError` from either function; it then gains the field's path.
 */
export function mapped<Wire, T>(codec: Codec<Wire>, toValue: (wire: Wire) => T, toWire: (value: T) => Wire): Codec<T> {
  return {
    size: codec.size,
    decode: (reader: ByteReader) => toValue(codec.decode(reader)),
    encode: (writer: ByteWriter, value: T) => codec.encode(writer, toWire(value)),
  };
}
