import { broadcastPan, broadcastShort, extendedLength } from './address.js';
import type { OwnIdentity } from './own-identity.js';

/** Bits of the frame control field, where they stand in its two bytes. */
const [typeMask, acknowledgement, beforeMultipurpose] = [0x07, 2, 4] as const;
const [destinationMask, destinationShort, destinationExtended] = [0x0c, 0x08, 0x0c] as const;
const [versionMask, version2015] = [0x30, 0x20] as const;
/** Before 2015 the destination's PAN id and address follow the sequence number. */
const [panAt, addressAt] = [3, 5] as const;

/** Whether a PSDU is an acknowledgement. */
export function isAcknowledgement(psdu: Uint8Array): boolean {
  return ((psdu[0] as number) & typeMask) === acknowledgement;
}

/**
 * Whether a PSDU is plainly for another node or network, by the first bytes of frames before 2015; false in any doubt.
 * In a crowd most frames are: each of 250 nodes in range hears all that the others say, and need not decode it.
 */
export function isForSomebodyElse(psdu: Uint8Array, { panId, short, extended }: OwnIdentity): boolean {
  const [low = 0, high = 0] = [psdu[0], psdu[1]];
  const mode = high & destinationMask;
  const isReadable = (low & typeMask) < beforeMultipurpose && (high & versionMask) < version2015;
  if (!isReadable || mode < destinationShort || psdu.length < addressAt + extendedLength) return false;
  const pan = (psdu[panAt] as number) | ((psdu[panAt + 1] as number) << 8);
  if (pan !== panId && pan !== broadcastPan) return true;
  if (mode === destinationExtended) {
    for (let i = 0; i < extendedLength; i++) if (psdu[addressAt + i] !== extended[extendedLength - 1 - i]) return true;
    return false;
  }
  const address = (psdu[addressAt] as number) | ((psdu[addressAt + 1] as number) << 8);
  return address !== short && address !== broadcastShort;
}
