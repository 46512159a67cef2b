import { type Codec, type Decoded, enumeration, remaining, struct, u16, u32, u8, variant } from '@selvage/core';

/** ICMPv6 types that a Thread node sends or understands (RFC 4443). */
const icmp6Types = enumeration(u8, {
  destinationUnreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echoRequest: 128,
  echoReply: 129,
});

const echo = struct({ code: u8, checksum: u16, identifier: u16, sequence: u16, data: remaining });

/** An error of which the third word says nothing; `quoted` is what it is about, from its IPv6 header on. */
const plainError = struct({ code: u8, checksum: u16, unused: u32, quoted: remaining });

/**
 * ```
 * uint8 type; uint8 code; uint16 checksum; select (type) …
 * ```
 * ICMPv6 messages, RFC 4443 §2.1, §3 and §4. Other types are kept as bytes.
 */
export const icmp6Message = variant(icmp6Types, {
  destinationUnreachable: plainError,
  packetTooBig: struct({ code: u8, checksum: u16, mtu: u32, quoted: remaining }),
  timeExceeded: plainError,
  parameterProblem: struct({ code: u8, checksum: u16, pointer: u32, quoted: remaining }),
  echoRequest: echo,
  echoReply: echo,
}) satisfies Codec<unknown>;

/** An ICMPv6 message. */
export type Icmp6Message = Decoded<typeof icmp6Message>;

/** Where the checksum lies. */
export const icmp6ChecksumOffset = 2;

/** Codes of destination unreachable (RFC 4443 §3.1). */
export const unreachableCodes = { noRoute: 0, prohibited: 1, beyondScope: 2, address: 3, port: 4 } as const;
