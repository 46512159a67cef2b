import type { LinkRequest } from './link-request.js';

/** The longest PSDU, frame check sequence included (IEEE 802.15.4 aMaxPhyPacketSize). */
export const longestPsdu = 127;

const fixedPart = 2 + 1 + 2;
const frameCheck = 2;
const integrityCode = 4;
const addressLengths = { short: 2, extended: 8 } as const;
/** Security control, frame counter and key identifier by how a frame is protected. */
const protectionLengths = { none: 0, network: 6, given: 5, announce: 10 } as const;

/**
 * Bytes of payload that fit the frame of a request: 106 from short to short under the network's key, 94 from extended
 * to extended, 104 without protection.
 */
export function payloadRoom(
  request: Pick<LinkRequest, 'destination' | 'source' | 'protection' | 'destinationPan'>,
): number {
  const { destination, source, protection, destinationPan } = request;
  const pans = destinationPan === undefined ? 0 : 2;
  const secured = protection.kind === 'none' ? 0 : protectionLengths[protection.kind] + integrityCode;
  return (
    longestPsdu - fixedPart - pans - addressLengths[destination.kind] - addressLengths[source] - secured - frameCheck
  );
}
