import type { ByteReader } from '../bytes/reader.js';
import type { ByteWriter } from '../bytes/writer.js';
import type { Codec, NumberCodec } from './codec.js';
import { type LengthLimits, readPrefixed, writePrefixed } from './prefix.js';

/** A length in bytes, then a value that fills it exactly: bytes left over inside are an error. */
export function nested<T>(lengthCodec: NumberCodec, codec: Codec<T>, limits: LengthLimits = {}): Codec<T> {
  return {
    decode(reader: ByteReader): T {
      const inner = readPrefixed(reader, lengthCodec, limits);
      const value = codec.decode(inner);
      inner.finish();
      return value;
    },
    encode(writer: ByteWriter, value: T): void {
      writePrefixed(writer, lengthCodec, limits, (inner) => codec.encode(inner, value));
    },
  };
}
