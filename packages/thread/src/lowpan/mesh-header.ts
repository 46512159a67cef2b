import { type ByteReader, type ByteWriter, type Codec, FormatError, named, u16, u8 } from '@selvage/core';

/** Where a packet comes from and goes to over several hops, by RLOC16. */
export interface MeshHeader {
  /** 0 to 255: how often it may be sent on still. */
  readonly hopsLeft: number;
  readonly source: number;
  readonly destination: number;
  /** Set where hops left took two bytes although one would have done, so that it is written back so. */
  readonly deep?: true;
}

/** Hops that the first sender allows. */
export const firstHopsLeft = 19;

const [kindMask, kind, hopsMask] = [0xf0, 0xb0, 0x0f] as const;
const control = named('control', u8);
const deepHops = named('hopsLeft', u8);
const source = named('source', u16);
const destination = named('destination', u16);

/** Whether a frame's payload begins with a mesh header, of whatever form. */
export function isMeshHeader(dispatch: number): boolean {
  return dispatch >> 6 === 0b10;
}

/**
 * ```
 * | 1 0 | V F | hops left (4) | [hops left (8) where the 4 bits are all set] | originator | final destination |
 * ```
 * The mesh addressing header, RFC 4944 §5.2. V = F = 1: both addresses are short, the only form of a Thread mesh.
 */
export const meshHeader: Codec<MeshHeader> = {
  decode(reader: ByteReader): MeshHeader {
    const bits = control.decode(reader);
    if ((bits & kindMask) !== kind) throw new FormatError('invalid-value', 'no mesh header with short addresses');
    const hops = bits & hopsMask;
    const hopsLeft = hops === hopsMask ? deepHops.decode(reader) : hops;
    const ends = { source: source.decode(reader), destination: destination.decode(reader) };
    return hops === hopsMask && hopsLeft < hopsMask ? { hopsLeft, ...ends, deep: true } : { hopsLeft, ...ends };
  },
  encode(writer: ByteWriter, value: MeshHeader): void {
    const isDeep = value.deep === true || value.hopsLeft >= hopsMask;
    control.encode(writer, kind | (isDeep ? hopsMask : value.hopsLeft));
    if (isDeep) deepHops.encode(writer, value.hopsLeft);
    source.encode(writer, value.source);
    destination.encode(writer, value.destination);
  },
};
