import { blockLength } from '../symmetric/parameters.js';

/** Blocks that the standing buffer holds: a full DTLS record with its header. */
const mostBlocks = 1040;

const standing = new Uint8Array(mostBlocks * blockLength);
/** Views of the standing buffer by their length in blocks, because a view costs more to make than a block to encrypt. */
const views: (Uint8Array | undefined)[] = new Array(mostBlocks + 1);

/**
 * A zeroed buffer of a whole number of blocks that is the caller's until it returns, and that the caller leaves zeroed.
 * It is one for the process: everything here is synchronous, so that no two users meet.
 */
export function scratch(length: number): Uint8Array {
  const blocks = length / blockLength;
  if (blocks > mostBlocks) {
    return new Uint8Array(length);
  }
  return (views[blocks] ??= standing.subarray(0, length));
}
