/** The TLVs of an image (MCUboot `bootutil/image.h`, `IMAGE_TLV_*`). */
import {
  bytes,
  constant,
  enumeration,
  nested,
  remaining,
  struct,
  type StructValue,
  u16le,
  u32le,
  u8,
  variant,
  type VariantValue,
} from '@selvage/core';
import { imageVersion } from './version.js';

/** Another image of at least this version must be there. */
export const dependency = struct({ image: u8, pad: bytes(3), minimum: imageVersion });
/** A dependency as a value: the other image's number, and its least version. */
export type Dependency = StructValue<(typeof dependency)['fields']>;

/** A content key sealed to a P-256 key: an ephemeral point, HMAC-SHA-256 over the wrapped key, and that, 16 or 32 bytes. */
export const sealedKey = struct({ point: bytes(65), tag: bytes(32), wrappedKey: remaining });
/** A sealed content key as a value. */
export type SealedKey = StructValue<(typeof sealedKey)['fields']>;

/** The numbers of all TLVs with a name; 0xA0 to 0xFFFE are their vendors'. */
export const tlvType = enumeration(u16le, {
  keyHash: 0x01,
  publicKey: 0x02,
  sha256: 0x10,
  sha384: 0x11,
  sha512: 0x12,
  rsa2048: 0x20,
  ecdsaP224: 0x21,
  ecdsa: 0x22,
  rsa3072: 0x23,
  ed25519: 0x24,
  pureSignature: 0x25,
  encryptedRsa2048: 0x30,
  encryptedKeyWrap: 0x31,
  encryptedEc256: 0x32,
  encryptedX25519: 0x33,
  encryptedX25519Sha512: 0x34,
  dependency: 0x40,
  securityCounter: 0x50,
  bootRecord: 0x60,
  decompressedSize: 0x70,
  decompressedHash: 0x71,
  decompressedSignature: 0x72,
  compressedDecryptedSize: 0x73,
  vendorId: 0x74,
  classId: 0x75,
});

/** A TLV's name. */
export type TlvName = keyof (typeof tlvType)['numbers'];

/** `uint16_t it_type; uint16_t it_len;` and the value. */
export const imageTlv = variant(
  tlvType,
  {
    keyHash: remaining,
    publicKey: remaining,
    sha256: bytes(32),
    sha384: bytes(48),
    sha512: bytes(64),
    rsa2048: bytes(256),
    ecdsaP224: remaining,
    ecdsa: remaining,
    rsa3072: bytes(384),
    ed25519: bytes(64),
    pureSignature: constant(u8, 1),
    encryptedRsa2048: bytes(256),
    encryptedKeyWrap: remaining,
    encryptedEc256: sealedKey,
    encryptedX25519: remaining,
    encryptedX25519Sha512: remaining,
    dependency,
    securityCounter: u32le,
    bootRecord: remaining,
    decompressedSize: u32le,
    decompressedHash: remaining,
    decompressedSignature: remaining,
    compressedDecryptedSize: u32le,
    vendorId: bytes(16),
    classId: bytes(16),
  },
  { body: (codec) => nested(u16le, codec) },
);

/** A TLV: `{ type, value }`, or `{ type: 'unknown', tag, body }` for a vendor's. */
export type ImageTlv = VariantValue<(typeof imageTlv)['cases']>;

/** What vendors may use. */
export const vendorTlvs = { first: 0xa0, last: 0xfffe } as const;

/** A TLV's number. */
export function tlvNumber(tlv: ImageTlv): number {
  return tlv.type === 'unknown' ? tlv.tag : tlvType.numbers[tlv.type];
}

/** A TLV in words: `securityCounter (0x50)`. */
export function tlvLabel(tlv: ImageTlv): string {
  const number = `0x${tlvNumber(tlv).toString(16).padStart(2, '0')}`;
  return tlv.type === 'unknown' ? number : `${tlv.type} (${number})`;
}
