import type { ByteReader } from '../bytes/reader.js';
import type { ByteWriter } from '../bytes/writer.js';
import { within } from '../errors/format-error.js';
import type { Codec } from './codec.js';

/** The same format under a path segment of its own in errors and traces. */
export function named<T>(segment: string, codec: Codec<T>): Codec<T> {
  return {
    size: codec.size,
    decode(reader: ByteReader): T {
      try {
        reader.trace?.enter(segment);
        const value = codec.decode(reader);
        reader.trace?.leave();
        return value;
      } catch (error) {
        throw within(error, segment);
      }
    },
    encode(writer: ByteWriter, value: T): void {
      try {
        codec.encode(writer, value);
      } catch (error) {
        throw within(error, segment);
      }
    },
  };
}
