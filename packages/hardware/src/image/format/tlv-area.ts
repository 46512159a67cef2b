/** The two areas of TLVs behind a payload. */
import {
  type ByteReader,
  type ByteWriter,
  constant,
  FormatError,
  list,
  type NumberCodec,
  struct,
  u16le,
} from '@selvage/core';
import { imageTlv } from './tlv.js';

/** What the two areas start with. */
export const areaMagics = { protected: 0x6908, unprotected: 0x6907 } as const;

/** Bytes of `struct image_tlv_info`, which an area's total counts in. */
export const areaInfoLength = 4;

/** `uint16_t it_tlv_tot`: bytes of the area with the four of its information in front. */
const areaTotal: NumberCodec = {
  ...u16le,
  decode(reader: ByteReader): number {
    const total = u16le.decode(reader);
    if (total >= areaInfoLength) return total - areaInfoLength;
    throw new FormatError('invalid-value', `an area of ${total} bytes in all, where its own header has 4`);
  },
  encode: (writer: ByteWriter, length: number) => u16le.encode(writer, length + areaInfoLength),
  patch: (writer: ByteWriter, offset: number, length: number) => u16le.patch?.(writer, offset, length + areaInfoLength),
};

/** What is hashed and signed with the payload. */
export const protectedArea = struct({
  magic: constant(u16le, areaMagics.protected),
  tlvs: list(areaTotal, imageTlv),
});

/** Hash, key, signature, sealed content key: what nothing protects but itself. */
export const unprotectedArea = struct({
  magic: constant(u16le, areaMagics.unprotected),
  tlvs: list(areaTotal, imageTlv),
});
