import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  type FixedCodec,
  FormatError,
  mapped,
  u32le,
  u8,
} from '@selvage/core';

const [more, group, groupBits] = [0x80, 0x7f, 7] as const;
/** Spinel numbers have 21 bits: three groups. */
const longestPacked = 3;
const largestPacked = 0x1f_ffff;

/** `i`: a number below 2^21 in groups of 7 bits, the least first; the top bit of each says that another one follows. */
export const packed: Codec<number> = {
  decode(reader: ByteReader): number {
    let value = 0;
    for (let at = 0; at < longestPacked; at++) {
      const byte = u8.decode(reader);
      value |= (byte & group) << (at * groupBits);
      if ((byte & more) !== 0) continue;
      // One value has one form: the shortest.
      if (byte === 0 && at > 0) break;
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
      u8.encode(writer, (rest & group) | more);
      rest >>= groupBits;
    }
    u8.encode(writer, rest);
  },
};

/** `c`: from −128 to 127. */
export const i8: FixedCodec<number> = {
  size: 1,
  decode: (reader: ByteReader) => (u8.decode(reader) << 24) >> 24,
  encode(writer: ByteWriter, value: number): void {
    if (!Number.isInteger(value) || value < -128 || value > 127) {
      throw new FormatError('value-out-of-range', `${value} is no number of 8 bits with a sign`, { fault: 'caller' });
    }
    u8.encode(writer, value & 0xff);
  },
};

/** `b`: 0 or 1. */
export const bool: Codec<boolean> = mapped(
  u8,
  (byte) => {
    if (byte > 1) throw new FormatError('invalid-value', `${byte} is neither 0 nor 1`);
    return byte === 1;
  },
  (value) => (value ? 1 : 0),
);

/** `X`: microseconds, as a bigint would be exact and a number is exact for 285 years. */
export const microseconds: FixedCodec<number> = {
  size: 8,
  decode(reader: ByteReader): number {
    const low = u32le.decode(reader);
    const high = u32le.decode(reader);
    if (high > group * 0x4000) throw new FormatError('invalid-value', 'a time that is too far off');
    return high * 2 ** 32 + low;
  },
  encode(writer: ByteWriter, value: number): void {
    u32le.encode(writer, value % 2 ** 32);
    u32le.encode(writer, Math.floor(value / 2 ** 32));
  },
};
