import { extensionHeadLength, extensionUnit } from './option.js';

/** Writes the one canonical option that pads `length` bytes: Pad1, or PadN of zeros (RFC 8200 §4.2). */
export function writePadding(target: Uint8Array, at: number, length: number): void {
  if (length === 0) return;
  target.fill(0, at, at + length);
  if (length === 1) return;
  target[at] = 1;
  target[at + 1] = length - 2;
}

/** Bytes that fill an options header up to a multiple of 8. */
export function paddingOf(optionsLength: number): number {
  return (extensionUnit - ((extensionHeadLength + optionsLength) % extensionUnit)) % extensionUnit;
}

/** Whether these bytes are what {@link writePadding} writes: Pad1, or PadN of zeros, of 7 bytes at most. */
export function isCanonicalPadding(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  if (length < 1 || length >= extensionUnit) return false;
  if (length === 1) return bytes[from] === 0;
  if (bytes[from] !== 1 || bytes[from + 1] !== length - 2) return false;
  for (let i = from + 2; i < to; i++) if (bytes[i] !== 0) return false;
  return true;
}
