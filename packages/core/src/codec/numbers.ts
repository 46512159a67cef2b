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
