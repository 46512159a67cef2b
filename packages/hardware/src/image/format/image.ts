/** Reads an image; nothing is verified yet. */
import { ByteReader, FieldTrace, FormatError } from '@selvage/core';
import { encryptionKeyLength, headerFieldsLength, type ImageHeader } from './header.js';
import { type ImageFile, imageFile } from './image-file.js';
import type { ImageTlv } from './tlv.js';

/** An image as it lies in a file or slot. Its byte strings are views on `bytes`. */
export interface Image extends ImageFile {
  readonly bytes: Uint8Array;
  /** Where the payload starts. */
  readonly headerSize: number;
  /** Bytes from the start that hash and signature cover, the payload taken in its plain form. */
  readonly signedLength: number;
  /** Where the image ends and the rest of its slot starts. */
  readonly end: number;
}

/**
 * The parts of an image, for showing and for verifying. What stands behind it (fill, a trailer) is `rest`.
 * @throws FormatError `image-malformed` that names the field and, in `details.offset`, where it is
 */
export function readImage(bytes: Uint8Array): Image {
  try {
    const file = imageFile.decode(new ByteReader(bytes));
    const headerSize = headerFieldsLength + file.fill.length;
    const end = bytes.length - file.rest.length;
    return { ...file, bytes, headerSize, signedLength: end - unprotectedLength(bytes, file, headerSize), end };
  } catch (error) {
    throw malformed(error, bytes);
  }
}

/** The value of the first TLV of that name. */
export function findTlv<Name extends ImageTlv['type']>(
  tlvs: readonly ImageTlv[],
  name: Name,
): Extract<ImageTlv, { type: Name }> | undefined {
  return tlvs.find((tlv): tlv is Extract<ImageTlv, { type: Name }> => tlv.type === name);
}

/** The security counter, where the protected area has one. */
export function securityCounterOf({ protectedTlvs = [] }: Pick<ImageFile, 'protectedTlvs'>): number | undefined {
  return findTlv(protectedTlvs, 'securityCounter')?.value;
}

/** Whether the payload has an encrypted form. */
export function hasEncryptedForm({ header }: { readonly header: Pick<ImageHeader, 'flags'> }): boolean {
  return encryptionKeyLength(header.flags) !== undefined;
}

/** Everything between the payload and the rest, less the protected area, whose size the header says. */
function unprotectedLength(bytes: Uint8Array, { payload, rest }: ImageFile, headerSize: number): number {
  const protectedSize = (bytes[10] as number) | ((bytes[11] as number) << 8);
  return bytes.length - rest.length - headerSize - payload.length - protectedSize;
}

function malformed(error: unknown, bytes: Uint8Array): unknown {
  if (!(error instanceof FormatError)) return error;
  const { message, path, details } = error;
  const offset = typeof details?.['offset'] === 'number' ? details['offset'] : lastRead(bytes);
  return new FormatError('image-malformed', `not an image: ${message}, at byte ${offset}`, {
    details: { ...details, path, offset },
    cause: error,
  });
}

/** Where the field lies at which reading ended. */
function lastRead(bytes: Uint8Array): number {
  const trace = new FieldTrace();
  try {
    imageFile.decode(new ByteReader(bytes, { trace }));
  } catch {
    // It failed before, and fails here in the same place.
  }
  return trace.spans.at(-1)?.offset ?? 0;
}
