/** Pieces up to this size come from a slab; a larger one is worth a buffer of its own. */
const largestPiece = 2048;
const slabSize = 16_384;

let slab = new Uint8Array(0);
let used = 0;

/**
 * Zeroed bytes for one datagram or record. Small ones are carved from a larger slab, which is more than ten times as
 * quick as a buffer of their own: V8 gets every typed array above 64 bytes from the allocator of the C library. No
 * piece is handed out twice. A piece keeps its slab of 16 KiB alive, so what is to stay for long is copied.
 */
export function carveBytes(length: number): Uint8Array {
  if (length > largestPiece) return new Uint8Array(length);
  if (used + length > slab.length) {
    slab = new Uint8Array(slabSize);
    used = 0;
  }
  const start = used;
  used += length;
  return slab.subarray(start, used);
}
