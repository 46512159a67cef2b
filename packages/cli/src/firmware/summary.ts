/** What an image says of itself, in a few words; nothing of it is verified. */
import { bytesEqual, toHex } from '@selvage/core';
import { type HashAlgorithm, nativeCore } from '@selvage/crypto';
import {
  decodeBootRecord,
  findTlv,
  hasEncryptedForm,
  type Image,
  type MaxAlign,
  readFlags,
  readImage,
  readTrailer,
  securityCounterOf,
  trailerLayout,
  trailerMagic,
  uuidText,
  versionText,
} from '@selvage/hardware';

/** The image as plain data. */
export function summaryOf(bytes: Uint8Array): Record<string, unknown> {
  const image = readImage(bytes);
  const { header, protectedTlvs = [], tlvs, end } = image;
  const { names, unknown } = readFlags(header.flags);
  const counter = securityCounterOf(image);
  const vendor = findTlv(protectedTlvs, 'vendorId')?.value;
  const family = findTlv(protectedTlvs, 'classId')?.value;
  const flags = [...names, ...(unknown === 0 ? [] : [`unknown 0x${unknown.toString(16)}`])];
  return {
    version: versionText(header.version),
    ...(counter !== undefined && { securityCounter: counter }),
    ...(flags.length > 0 && { flags }),
    payload: `${image.payload.length} bytes at ${image.headerSize}`,
    ...hashSummary(image),
    signer: signerOf(image),
    signature: tlvs.flatMap(({ type }) => (signatures.includes(type) ? [type] : [])).join(', ') || 'none',
    ...dependencySummary(image),
    ...bootRecordSummary(image),
    ...(vendor && { vendor: uuidText(vendor) }),
    ...(family && { class: uuidText(family) }),
    imageLength: end,
    ...trailerSummary(bytes, end),
  };
}

const signatures: readonly string[] = ['ecdsa', 'ed25519', 'rsa2048', 'rsa3072', 'ecdsaP224'];

/** The hash, and whether the bytes have it as they stand: those of an encrypted payload do not. */
function hashSummary(image: Image): object {
  for (const { type, ...tlv } of image.tlvs) {
    if (type !== 'sha256' && type !== 'sha384' && type !== 'sha512') continue;
    const stated = (tlv as { value: Uint8Array }).value;
    return { [type]: toHex(stated), hashed: hashState(image, type, stated) };
  }
  return { hashed: 'it states no hash' };
}

function hashState(image: Image, algorithm: HashAlgorithm, stated: Uint8Array): string {
  const isRight = bytesEqual(nativeCore.hash(algorithm, image.bytes.subarray(0, image.signedLength)), stated);
  if (!hasEncryptedForm(image)) return isRight ? 'these bytes have that hash' : 'these bytes do NOT have that hash';
  return isRight ? 'these bytes have that hash: the clear form' : 'of the decrypted payload, or of something else';
}

function signerOf({ tlvs }: Image): string {
  const whole = findTlv(tlvs, 'publicKey')?.value;
  const hash = findTlv(tlvs, 'keyHash')?.value;
  if (whole !== undefined) return `${toHex(nativeCore.hash('sha256', whole))} (whole key)`;
  return hash === undefined ? 'not named' : toHex(hash);
}

function dependencySummary({ protectedTlvs = [] }: Image): object {
  const needs = protectedTlvs.flatMap((tlv) =>
    tlv.type === 'dependency' ? [`image ${tlv.value.image} of at least ${versionText(tlv.value.minimum)}`] : [],
  );
  return needs.length === 0 ? {} : { needs };
}

function bootRecordSummary({ protectedTlvs = [] }: Image): object {
  const bytes = findTlv(protectedTlvs, 'bootRecord')?.value;
  if (bytes === undefined) return {};
  try {
    const { type, version, algorithm } = decodeBootRecord(bytes);
    return { bootRecord: `${type} ${version}, ${algorithm}` };
  } catch {
    return { bootRecord: 'not readable' };
  }
}

/** The trailer of whatever alignment has its magic at the end of the file. */
function trailerSummary(bytes: Uint8Array, end: number): object {
  if (end === bytes.length) return {};
  const maxAlign = ([8, 16, 32] as const).find((align) => endsWithMagic(bytes, align));
  if (maxAlign === undefined) return { rest: `${bytes.length - end} bytes behind the image, no trailer` };
  const { imageOk, copyDone } = readTrailer(bytes, trailerLayout(bytes.length, maxAlign));
  return { trailer: `magic good, image_ok ${imageOk}, copy_done ${copyDone}, max-align ${maxAlign}` };
}

function endsWithMagic(bytes: Uint8Array, maxAlign: MaxAlign): boolean {
  return bytes.length > 256 && bytesEqual(bytes.subarray(-16), trailerMagic(maxAlign));
}
