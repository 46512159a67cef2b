import type { ByteReader } from '../bytes/reader.js';
import type { ByteWriter } from '../bytes/writer.js';
import type { FixedCodec, NumberCodec } from './codec.js';

/** Unsigned big-endian numbers, as all formats below TLS, CoAP and Thread commissioning have them. */
export const u8 = number(1, (reader) => reader.u8());
export const u16 = number(2, (reader) => reader.u16());
export const u24 = number(3, (reader) => reader.u24());
export const u32 = number(4, (reader) => reader.u32());
export const u48 = number(6, (reader) => reader.u48());

/** 64 bits as a bigint. */
export const u64: FixedCodec<bigint> = {
  size: 8,
  decode(reader: ByteReader): bigint {
    const value = reader.u64();
    reader.trace?.number(reader.offset - 8, 8);
    return value;
  },
  encode(writer: ByteWriter, value: bigint): void {
    writer.u64(value);
  },
};

/** Unsigned little-endian numbers, as MCUboot's images have them. */
export const u16le = littleEndian(u16);
export const u32le = littleEndian(u32);

function littleEndian(codec: NumberCodec): NumberCodec {
  const { size } = codec;
  return {
    ...codec,
    decode: (reader: ByteReader) => reversed(codec.decode(reader), size),
    encode(writer: ByteWriter, value: number): void {
      const at = writer.reserve(size);
      patch(writer, at, value);
    },
    patch,
  };

  function patch(writer: ByteWriter, offset: number, value: number): void {
    // Written as it is first: that refuses what does not fit, by its own value.
    writer.patch(offset, value, size);
    writer.patch(offset, reversed(value, size), size);
  }
}

/** The number that the same bytes are in the other order. */
function reversed(value: number, size: number): number {
  let result = 0;
  for (let i = 0, rest = value; i < size; i++, rest >>>= 8) result = result * 256 + (rest & 0xff);
  return result;
}

function number(size: number, read: (reader: ByteReader) => number): NumberCodec {
  return {
    kind: 'number',
    size,
    decode(reader: ByteReader): number {
      const value = read(reader);
      reader.trace?.number(reader.offset - size, size);
      return value;
    },
    encode(writer: ByteWriter, value: number): void {
      writer.unsigned(value, size);
    },
  };
}
