import { SelvageError } from '@selvage/core';

/** What flash reads where nothing was written since it was erased. */
export const erasedByte = 0xff;

/** How flash is divided, in bytes. */
export interface FlashGeometry {
  readonly size: number;
  /** What is erased together; `size` is a multiple of it. */
  readonly eraseSize: number;
  /** What is written together; `eraseSize` is a multiple of it. */
  readonly writeSize: number;
}

/**
 * NOR flash: bytes are erased in blocks, and written once after that. A power cut leaves, of a write, the first units
 * written, perhaps one of them in part; of an erasure, blocks erased, as they were, or with some of their bits set.
 */
export interface Flash extends FlashGeometry {
  /** The bytes as they are now; they belong to the caller. @throws SelvageError `invalid-argument`, `store-failed` */
  read(offset: number, length: number): Promise<Uint8Array>;
  /**
   * Writes whole units that are erased. Resolved means durable.
   * @throws SelvageError `invalid-argument` for what is not whole units of this flash, `wrong-state` where a byte is not
   * erased (nothing is written then), `store-failed`
   */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Erases whole blocks. Resolved means durable. @throws SelvageError `invalid-argument`, `store-failed` */
  erase(offset: number, length: number): Promise<void>;
}

/** @throws SelvageError `invalid-argument` for a geometry that does not divide evenly */
export function checkGeometry({ size, eraseSize, writeSize }: FlashGeometry): void {
  const isWhole = [size, eraseSize, writeSize].every((length) => Number.isSafeInteger(length) && length > 0);
  if (isWhole && size % eraseSize === 0 && eraseSize % writeSize === 0) return;
  throw new SelvageError(
    'invalid-argument',
    `flash of ${size} bytes, erased by ${eraseSize} and written by ${writeSize}, does not divide evenly`,
  );
}

/** @throws SelvageError `invalid-argument` for a range that is not inside, or not of whole units */
export function checkRange({ size }: FlashGeometry, offset: number, length: number, unit = 1): void {
  const isInside = Number.isInteger(offset) && Number.isInteger(length) && offset >= 0 && length >= 0;
  if (!isInside || offset + length > size) {
    throw new SelvageError('invalid-argument', `bytes ${offset} to ${offset + length} of flash that has ${size}`);
  }
  if (offset % unit === 0 && length % unit === 0) return;
  throw new SelvageError('invalid-argument', `bytes ${offset} to ${offset + length} are not whole units of ${unit}`, {
    details: { offset, length, unit },
  });
}

/** @throws SelvageError `wrong-state` where one of the bytes at `offset` is written already */
export function checkErased(bytes: Uint8Array, offset: number): void {
  const at = bytes.findIndex((byte) => byte !== erasedByte);
  if (at < 0) return;
  throw new SelvageError('wrong-state', `byte ${offset + at} of the flash is not erased`, {
    details: { offset: offset + at },
    remedy: 'Erase its block first.',
  });
}
