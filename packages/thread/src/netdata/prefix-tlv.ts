import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  FormatError,
  mapped,
  named,
  bytes,
  sequence,
  struct,
  u16,
  u8,
} from '@selvage/core';
import type { Ip6Prefix } from '../ip6/address/prefix.js';
import { addressLength } from '../ip6/address/text.js';
import { borderRouterFlags, hasRouteFlags } from './route-flags.js';
import { stableTlv } from './stable-tlv.js';

const longestPrefix = 128;
const lengthBits = named('bits', u8);
const byteCodecs = Array.from({ length: 17 }, (_, length) => named('bytes', bytes(length)));

/** Bits of a prefix, then as many bytes as they take. */
const prefixCodec: Codec<Ip6Prefix> = {
  decode(reader: ByteReader): Ip6Prefix {
    const length = lengthBits.decode(reader);
    if (length > longestPrefix)
      throw new FormatError('value-out-of-range', `a prefix of ${length} bits`, { fault: 'peer' });
    // Bits behind the prefix mean nothing, and stand as they came.
    const address = new Uint8Array(addressLength);
    address.set(bytesOf(length).decode(reader));
    return { address, length };
  },
  encode(writer: ByteWriter, { address, length }: Ip6Prefix): void {
    lengthBits.encode(writer, length);
    bytesOf(length).encode(writer, address.subarray(0, (length + 7) >> 3));
  },
};

function bytesOf(length: number): Codec<Uint8Array> {
  return byteCodecs[(length + 7) >> 3] as Codec<Uint8Array>;
}

/** Flags of a context: who still compresses with it, and its number. */
export interface ContextFlags {
  readonly compress: boolean;
  /** 0 to 15. */
  readonly id: number;
  readonly reserved: number;
}

const contextBits = { compress: 0x10, id: 0x0f, reserved: 0xe0 } as const;
const contextFlags = mapped(
  u8,
  (bits): ContextFlags => ({
    compress: (bits & contextBits.compress) !== 0,
    id: bits & contextBits.id,
    reserved: bits & contextBits.reserved,
  }),
  ({ compress, id, reserved }) =>
    (compress ? contextBits.compress : 0) | (id & contextBits.id) | (reserved & contextBits.reserved),
);

/**
 * What is said of a prefix (Thread 1.3 §5.18.1, §5.18.3, §5.18.5): through whom the world behind it is reached, who
 * gives out addresses of it, and as which context it is compressed.
 */
export const prefixSubTlv = stableTlv({
  hasRoute: [0, sequence(struct({ rloc16: u16, flags: hasRouteFlags }))],
  borderRouter: [2, sequence(struct({ rloc16: u16, flags: borderRouterFlags }))],
  context: [3, struct({ flags: contextFlags, length: u8 })],
});

/** `uint8 domainId; uint8 bits; opaque prefix[bits / 8]; sub-TLVs…`, Thread 1.3 §5.18.2. */
export const prefixTlv = struct({ domainId: u8, prefix: prefixCodec, subTlvs: sequence(prefixSubTlv) });
