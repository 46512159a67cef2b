/** The header of an image and its flags (MCUboot `bootutil/image.h`). */
import { bytes, constant, struct, type StructValue, u16le, u32le } from '@selvage/core';
import { imageVersion } from './version.js';

/** What every image starts with. */
export const imageMagic = 0x96f3_b83d;

/** Bytes of the header's fields; what its size says beyond is fill. */
export const headerFieldsLength = 32;

/**
 * ```
 * struct image_header {
 *     uint32_t ih_magic; uint32_t ih_load_addr; uint16_t ih_hdr_size; uint16_t ih_protect_tlv_size;
 *     uint32_t ih_img_size; uint32_t ih_flags; struct image_version ih_ver; uint32_t _pad1;
 * };
 * ```
 */
export const imageHeader = struct({
  magic: constant(u32le, imageMagic),
  /** RAM address to load to, or the flash address that the image is built for; else 0. */
  loadAddress: u32le,
  /** Where the payload starts. */
  headerSize: u16le,
  /** Bytes of the protected area with the four in front of it; 0 for none. */
  protectedSize: u16le,
  /** Bytes of the payload. */
  imageSize: u32le,
  flags: u32le,
  version: imageVersion,
  pad: bytes(4),
});

/** A header as it is in the file. */
export type ImageHeader = StructValue<(typeof imageHeader)['fields']>;

/** The flags of a header by MCUboot's names for them. */
export const imageFlags = {
  pic: 0x1,
  encryptedAes128: 0x4,
  encryptedAes256: 0x8,
  nonBootable: 0x10,
  ramLoad: 0x20,
  romFixed: 0x100,
  compressedLzma1: 0x200,
  compressedLzma2: 0x400,
  armThumbFilter: 0x800,
} as const;

/** A flag's name. */
export type ImageFlag = keyof typeof imageFlags;

const flagList = Object.entries(imageFlags) as [ImageFlag, number][];

/** The names of the flags that are set, and what is left over of unknown ones. */
export function readFlags(flags: number): { readonly names: readonly ImageFlag[]; readonly unknown: number } {
  const set = flagList.filter(([, bit]) => (flags & bit) !== 0);
  return { names: set.map(([name]) => name), unknown: set.reduce((rest, [, bit]) => (rest & ~bit) >>> 0, flags) };
}

/** Whether the flags say that the payload has an encrypted form; whether this copy is in it they do not say. */
export function encryptionKeyLength(flags: number): 16 | 32 | undefined {
  if ((flags & imageFlags.encryptedAes128) !== 0) return 16;
  return (flags & imageFlags.encryptedAes256) !== 0 ? 32 : undefined;
}
