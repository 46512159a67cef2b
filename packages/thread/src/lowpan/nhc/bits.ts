import { nextHeaders } from '../../ip6/header/next-header.js';

/** `1110 EID(3) NH`: a compressed extension header, RFC 6282 §4.2. */
export const extensionNhc = { dispatch: 0xe0, mask: 0xf0, nextHeader: 0x01, idShift: 1, idMask: 0x07 } as const;

/** `11110 C P(2)`: a compressed UDP header, RFC 6282 §4.3. */
export const udpNhc = { dispatch: 0xf0, mask: 0xf8, checksumElided: 0x04, portsMask: 0x03 } as const;

/** P: which ports are shortened. */
export const udpPorts = { full: 0, destination8: 1, source8: 2, both4: 3 } as const;
/** The ports that have a short form. */
export const shortPorts = { base8: 0xf000, mask8: 0xff00, base4: 0xf0b0, mask4: 0xfff0 } as const;

/** The extension header identifier of a nested IPv6 header. */
export const nestedId = 7;

/** EID to next header; what is missing is reserved. */
export const extensionHeaders: readonly (number | undefined)[] = [
  nextHeaders.hopByHop,
  nextHeaders.routing,
  nextHeaders.fragment,
  nextHeaders.destinationOptions,
  nextHeaders.mobility,
  undefined,
  undefined,
  nextHeaders.ip6,
];

/** Whether a header of this kind ends with padding that need not be sent. */
export function hasPadding(nextHeader: number): boolean {
  return nextHeader === nextHeaders.hopByHop || nextHeader === nextHeaders.destinationOptions;
}
