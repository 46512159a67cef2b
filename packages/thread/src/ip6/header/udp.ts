import { type Decoded, struct, u16 } from '@selvage/core';

/** Bytes of a UDP header. */
export const udpHeaderLength = 8;

/**
 * ```
 * uint16 sourcePort, destinationPort;
 * uint16 length;      // of header and payload
 * uint16 checksum;    // never 0 over IPv6
 * ```
 * RFC 768, RFC 8200 §8.1.
 */
export const udpHeader = struct({ sourcePort: u16, destinationPort: u16, length: u16, checksum: u16 });

/** A UDP header's fields. */
export type UdpHeader = Decoded<typeof udpHeader>;
