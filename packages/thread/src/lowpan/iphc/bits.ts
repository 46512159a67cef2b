/**
 * ```
 *   0   1   2   3   4   5   6   7   8   9  10  11  12  13  14  15
 * | 0 | 1 | 1 |  TF   |NH | HLIM  |CID|SAC|  SAM  | M |DAC|  DAM  |
 * ```
 * The first two bytes of a compressed IPv6 header, RFC 6282 §3.1.1; fields and their values as there.
 */
export const iphc = {
  dispatch: 0x6000,
  dispatchMask: 0xe000,
  /** TF: what of traffic class and flow label is there. */
  trafficMask: 0x1800,
  trafficAll: 0x0000,
  trafficFlow: 0x0800,
  trafficClass: 0x1000,
  trafficNone: 0x1800,
  /** NH: the next header is compressed too. */
  nextHeader: 0x0400,
  hopLimitMask: 0x0300,
  hopLimitInline: 0x0000,
  hopLimit1: 0x0100,
  hopLimit64: 0x0200,
  hopLimit255: 0x0300,
  /** CID: a byte with both context numbers follows. */
  contextIds: 0x0080,
  sourceContext: 0x0040,
  sourceModeShift: 4,
  multicast: 0x0008,
  destinationContext: 0x0004,
  destinationModeShift: 0,
} as const;

/** SAM and DAM of unicast addresses: how much of the address is there. */
export const addressModes = { full: 0, interfaceId: 1, short: 2, elided: 3 } as const;

/** DAM of multicast addresses without context: bytes that are there. */
export const multicastModes = { full: 0, bytes6: 1, bytes4: 2, bytes1: 3 } as const;

/** The first byte of an IPHC header. */
export function isIphc(dispatch: number): boolean {
  return dispatch >> 5 === iphc.dispatch >> 13;
}

/** Where an address has its interface identifier, and its last 16 bits. */
export const [interfaceIdAt, shortAt] = [8, 14];
/** What stands before the 16 bits of a short address in an interface identifier. */
export const shortForm = Uint8Array.of(0, 0, 0, 0xff, 0xfe, 0);
/** What an interface identifier has the other way round than the extended address that it is made of. */
export const universalBit = 0x02;
