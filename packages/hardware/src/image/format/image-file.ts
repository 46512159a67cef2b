/**
 * An image as a whole:
 *
 * ```
 * header | fill to ih_hdr_size | payload (ih_img_size) | [protected TLVs] | unprotected TLVs | rest of the slot
 * ```
 */
import {
  type ByteReader,
  type ByteWriter,
  bytes,
  type Codec,
  encode,
  FormatError,
  named,
  remaining,
} from '@selvage/core';
import { headerFieldsLength, type ImageHeader, imageHeader, imageMagic } from './header.js';
import type { ImageTlv } from './tlv.js';
import { areaInfoLength, areaMagics, protectedArea, unprotectedArea } from './tlv-area.js';

/** What an image consists of; the sizes and the magic of its header follow from it. */
export interface ImageFile {
  readonly header: Omit<ImageHeader, 'magic' | 'headerSize' | 'protectedSize' | 'imageSize'>;
  /** Header bytes beyond its fields. */
  readonly fill: Uint8Array;
  readonly payload: Uint8Array;
  /** `undefined` where there is no such area. */
  readonly protectedTlvs: readonly ImageTlv[] | undefined;
  readonly tlvs: readonly ImageTlv[];
  /** What stands behind the image: fill and the trailer of a slot, or nothing. */
  readonly rest: Uint8Array;
}

/** The codec of a whole file or slot. It reaches to the end: what stands behind the image is `rest`. */
export const imageFile: Codec<ImageFile> = {
  decode(reader: ByteReader): ImageFile {
    const { magic: _, headerSize, protectedSize, imageSize, ...header } = headerCodec.decode(reader);
    if (headerSize < headerFieldsLength) {
      throw new FormatError('invalid-value', `${headerSize} bytes where a header has at least 32`).within(
        'header.headerSize',
      );
    }
    const fill = named('fill', bytes(headerSize - headerFieldsLength)).decode(reader);
    const payload = named('payload', bytes(imageSize)).decode(reader);
    const protectedTlvs = decodeProtected(reader, protectedSize);
    const { tlvs } = unprotectedCodec.decode(reader);
    return { header, fill, payload, protectedTlvs, tlvs, rest: restCodec.decode(reader) };
  },

  encode(writer: ByteWriter, { header, fill, payload, protectedTlvs, tlvs, rest }: ImageFile): void {
    const area = protectedTlvs && encode(protectedCodec, { magic: areaMagics.protected, tlvs: protectedTlvs });
    headerCodec.encode(writer, {
      ...header,
      magic: imageMagic,
      headerSize: headerFieldsLength + fill.length,
      protectedSize: area?.length ?? 0,
      imageSize: payload.length,
    });
    writer.bytes(fill);
    writer.bytes(payload);
    if (area !== undefined) writer.bytes(area);
    unprotectedCodec.encode(writer, { magic: areaMagics.unprotected, tlvs });
    writer.bytes(rest);
  },
};

const headerCodec = named('header', imageHeader);
const protectedCodec = named('protected', protectedArea);
const unprotectedCodec = named('unprotected', unprotectedArea);
const restCodec = named('rest', remaining);

/** The area is there exactly where the header has its size, and has that size. */
function decodeProtected(reader: ByteReader, protectedSize: number): readonly ImageTlv[] | undefined {
  const stated = peekProtected(reader);
  if ((stated ?? 0) !== protectedSize) {
    throw new FormatError(
      'invalid-value',
      `the header says ${protectedSize} bytes where the protected area has ${stated ?? 'not even a start'}`,
      { details: { header: protectedSize, area: stated ?? 0, offset: reader.offset } },
    ).within('header.protectedSize');
  }
  return stated === undefined ? undefined : protectedCodec.decode(reader).tlvs;
}

/** The total of the protected area that comes next, `undefined` where none does. */
function peekProtected(reader: ByteReader): number | undefined {
  if (reader.remaining < areaInfoLength) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = reader.peek(areaInfoLength);
  return (a | (b << 8)) === areaMagics.protected ? c | (d << 8) : undefined;
}
