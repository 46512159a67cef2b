import type { ByteReader } from '../bytes/reader.js';
import type { ByteWriter } from '../bytes/writer.js';
import type { Codec, FixedCodec, NumberCodec } from './codec.js';
import { type LengthLimits, checkLength, readPrefixed, writePrefixed } from './prefix.js';

/** Exactly `length` bytes. Decoded bytes are a view on the input. */
export function bytes(length: number): FixedCodec<Uint8Array> {
  return {
    size: length,
    decode(reader: ByteReader): Uint8Array {
      const value = reader.bytes(length);
      reader.trace?.bytes(reader.offset - length, length);
      return value;
    },
    encode(writer: ByteWriter, value: Uint8Array): void {
      checkLength(value.length, { min: length, max: length }, 'caller');
      writer.bytes(value);
    },
  };
}

/** All bytes that are left in the enclosing message, possibly none. */
export const remaining: Codec<Uint8Array> = {
  decode(reader: ByteReader): Uint8Array {
    const value = reader.rest();
    reader.trace?.bytes(reader.offset - value.length, value.length);
    return value;
  },
  encode(writer: ByteWriter, value: Uint8Array): void {
    writer.bytes(value);
  },
};

/** A length, then that many bytes: TLS's `opaque field<min..max>` (RFC 5246 §4.3). */
export function opaque(lengthCodec: NumberCodec, limits: LengthLimits = {}): Codec<Uint8Array> {
  return {
    decode(reader: ByteReader): Uint8Array {
      return remaining.decode(readPrefixed(reader, lengthCodec, limits));
    },
    encode(writer: ByteWriter, value: Uint8Array): void {
      writePrefixed(writer, lengthCodec, limits, (inner) => inner.bytes(value));
    },
  };
}
