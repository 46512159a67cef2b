/**
 * The same bytes as a plain `Uint8Array`: a `Buffer`'s `slice` is a view and its `toString` text, which must not
 * depend on the engine that made the bytes.
 */
export function plainBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
