import type { ByteReader } from '../bytes/reader.js';
import type { ByteWriter } from '../bytes/writer.js';
import type { Codec } from './codec.js';

/** A field that older peers leave out: undefined where the enclosing message ends before it. */
export function optionalTail<T>(codec: Codec<T>): Codec<T | undefined> {
  return {
    decode(reader: ByteReader): T | undefined {
      return reader.remaining === 0 ? undefined : codec.decode(reader);
    },
    encode(writer: ByteWriter, value: T | undefined): void {
      if (value !== undefined) codec.encode(writer, value);
    },
  };
}
