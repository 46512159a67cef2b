import { type ByteReader, type ByteWriter, bytes, type Codec, FormatError, mapped } from '@selvage/core';

const [more, group, groupBits] = [0x80, 0x7f, 7] as const;
/** Spinel numbers have 21 bits: three groups. */
const longestPacked = 3;
const largestPacked = 0x1f_ffff;

/** `i`: a number below 2^21 in groups of 7 bits, the least first; the top bit of each says that another one follows. */
export const packed: Codec<number> = {
  decode(reader: ByteReader): number {
    const start = reader.offset;
    let value = 0;
    for (let at = 0; at < longestPacked; at++) {
      const byte = reader.u8();
      value |= (byte & group) << (at * groupBits);
      if ((byte & more) !== 0) continue;
      // One value has one form: the shortest.
      if (byte === 0 && at > 0) break;
      reader.trace?.number(start, reader.offset - start);
      return value;
    }
    throw new FormatError('invalid-value', 'a packed number that is too long');
  },
  encode(writer: ByteWriter, value: number): void {
    if (!Number.isInteger(value) || value < 0 || value > largestPacked) {
      throw new FormatError('value-out-of-range', `${value} is no packed number`, { fault: 'caller' });
    }
    let rest = value;
    while (rest > group) {
      writer.u8((rest & group) | more);
      rest >>= groupBits;
    }
    writer.u8(rest);
  },
};

/** `c`: from −128 to 127. */
export const i8: Codec<number> = {
  size: 1,
  decode(reader: ByteReader): number {
    const value = (reader.u8() << 24) >> 24;
    reader.trace?.number(reader.offset - 1, 1);
    return value;
  },
  encode(writer: ByteWriter, value: number): void {
    if (!Number.isInteger(value) || value < -128 || value > 127) {
      throw new FormatError('value-out-of-range', `${value} is no number of 8 bits with a sign`, { fault: 'caller' });
    }
    writer.u8(value & 0xff);
  },
};

/** `b`: 0 or 1. */
export const bool: Codec<boolean> = {
  size: 1,
  decode(reader: ByteReader): boolean {
    const byte = reader.u8();
    reader.trace?.number(reader.offset - 1, 1);
    if (byte > 1) throw new FormatError('invalid-value', `${byte} is neither 0 nor 1`);
    return byte === 1;
  },
  encode(writer: ByteWriter, value: boolean): void {
    writer.u8(value ? 1 : 0);
  },
};

/** `X`: 64 bits, little-endian. */
export const u64le: Codec<bigint> = mapped(
  bytes(8),
  (eight) => new DataView(eight.buffer, eight.byteOffset).getBigUint64(0, true),
  (value) => {
    const eight = new Uint8Array(8);
    new DataView(eight.buffer).setBigUint64(0, value, true);
    return eight;
  },
);
