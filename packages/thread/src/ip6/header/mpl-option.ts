import { type ByteReader, type ByteWriter, type Codec, FormatError, named, remaining, u8 } from '@selvage/core';

/** Who numbered a multicast, and how (RFC 7731 §6.1): with it a forwarder knows what it has seen. */
export interface MplOption {
  /** Nobody has a greater sequence of this seed: set where the seed does. */
  readonly isNewest: boolean;
  /** The seed's sequence number, 8 bits. */
  readonly sequence: number;
  /** 0, 2, 8 or 16 bytes; empty: the seed is the packet's source. */
  readonly seed: Uint8Array;
  /** The version bit and the reserved ones, where they stand. */
  readonly reserved: number;
}

const seedLengths = [0, 2, 8, 16] as const;
const [newestBit, reservedBits] = [0x20, 0x1f] as const;

const flags = named('flags', u8);
const sequence = named('sequence', u8);
const seed = named('seed', remaining);

/**
 * ```
 * uint2 seedLength { 0, 2 bytes, 8 bytes, 16 bytes }; uint1 isNewest; uint1 version = 0; uint4 reserved;
 * uint8 sequence; opaque seed[0, 2, 8 or 16];
 * ```
 * The body of option type 6d.
 */
export const mplOption: Codec<MplOption> = {
  decode(reader: ByteReader): MplOption {
    const bits = flags.decode(reader);
    const value = { sequence: sequence.decode(reader), seed: seed.decode(reader) };
    if (seedLengths[bits >> 6] !== value.seed.length) {
      throw new FormatError('length-out-of-range', `a seed of ${value.seed.length} bytes where ${bits >> 6} is said`);
    }
    return { isNewest: (bits & newestBit) !== 0, ...value, reserved: bits & reservedBits };
  },
  encode(writer: ByteWriter, value: MplOption): void {
    const length = (seedLengths as readonly number[]).indexOf(value.seed.length);
    if (length < 0) {
      throw new FormatError('length-out-of-range', `no seed has ${value.seed.length} bytes`, { fault: 'caller' });
    }
    flags.encode(writer, (length << 6) | (value.isNewest ? newestBit : 0) | (value.reserved & reservedBits));
    sequence.encode(writer, value.sequence);
    seed.encode(writer, value.seed);
  },
};
