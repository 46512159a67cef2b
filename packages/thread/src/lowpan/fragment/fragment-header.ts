import { type ByteReader, type ByteWriter, type Codec, FormatError, named, u16, u8 } from '@selvage/core';

/** Which part of which datagram a frame has. */
export interface FragmentHeader {
  /** Bytes of the whole datagram, uncompressed: 1 to 2047. */
  readonly size: number;
  readonly tag: number;
  /** In bytes of the uncompressed datagram, a multiple of 8; undefined in the first fragment, which has the headers. */
  readonly offset?: number;
}

/** Bytes of the headers of the first fragment and of the others. */
export const [firstFragmentLength, nextFragmentLength] = [4, 5] as const;
/** What offsets count in. */
export const fragmentUnit = 8;

const [kindMask, first, next, sizeMask] = [0xf800, 0xc000, 0xe000, 0x07ff] as const;
const control = named('size', u16);
const tag = named('tag', u16);
const offset = named('offset', u8);

/** Whether a payload begins with a fragment header. */
export function isFragment(dispatch: number): boolean {
  const kind = dispatch & (kindMask >> 8);
  return kind === first >> 8 || kind === next >> 8;
}

/**
 * ```
 * | 1 1 0 0 0 | datagram size (11) | datagram tag (16) |
 * | 1 1 1 0 0 | datagram size (11) | datagram tag (16) | datagram offset (8) |
 * ```
 * RFC 4944 §5.3.
 */
export const fragmentHeader: Codec<FragmentHeader> = {
  decode(reader: ByteReader): FragmentHeader {
    const bits = control.decode(reader);
    const kind = bits & kindMask;
    if (kind !== first && kind !== next) throw new FormatError('invalid-value', 'no fragment header');
    const size = bits & sizeMask;
    const value = { size, tag: tag.decode(reader) };
    return kind === first ? value : { ...value, offset: fragmentUnit * offset.decode(reader) };
  },
  encode(writer: ByteWriter, value: FragmentHeader): void {
    const { size } = value;
    if ((size & sizeMask) !== size) {
      throw new FormatError('value-out-of-range', `a datagram of ${size} bytes`, { fault: 'caller' });
    }
    control.encode(writer, (value.offset === undefined ? first : next) | size);
    tag.encode(writer, value.tag);
    if (value.offset !== undefined) offset.encode(writer, value.offset / fragmentUnit);
  },
};
