import { blockLength } from '../symmetric/parameters.js';

/** Bytes of message and associated data that the scratch buffer takes; beyond, OpenSSL's own CCM is faster anyway. */
export const longestPacket = 2000;

/** Blocks for the longest packet: B_0, what announces the associated data, and the padding of both parts. */
const mostBlocks = Math.ceil(longestPacket / blockLength) + 4;

const standing = new Uint8Array(mostBlocks * blockLength);
/** Views of it by their length in blocks, because a view costs more to make than a block to encrypt. */
const views = Array.from({ length: mostBlocks + 1 }, (_, blocks) => standing.subarray(0, blocks * blockLength));

/**
 * A zeroed buffer of a whole number of blocks, the caller's until it returns and left zeroed by it. There is one for the
 * process: everything here is synchronous, so that no two users meet.
 */
export function scratch(length: number): Uint8Array {
  return views[length / blockLength]!;
}
