import { type ByteReader, type ByteWriter, bytes, type Codec, FormatError, named, u32le, u8 } from '@selvage/core';

/** Which key secured a frame (IEEE 802.15.4-2006 §7.6.2.4): mode 0 is known from elsewhere. */
export type KeyIdentifier =
  | { readonly mode: 0 }
  | { readonly mode: 1; readonly index: number }
  /** The source is 4 bytes in mode 2, 8 in mode 3. */
  | { readonly mode: 2 | 3; readonly source: Uint8Array; readonly index: number };

/**
 * ```
 * security control: bits 0-2 level | 3-4 key identifier mode | 5 frame counter suppression (2015) | 6 ASN in nonce (2015)
 * frame counter (4, little-endian) | key source (0, 4 or 8) | key index (0 or 1)
 * ```
 * The auxiliary security header, IEEE 802.15.4-2006 §7.6.2.
 */
export interface SecurityHeader {
  /** 0 to 7; Thread uses 5, ENC-MIC-32. */
  readonly level: number;
  /** Absent where it is suppressed. */
  readonly frameCounter?: number;
  readonly key: KeyIdentifier;
  /** Bits 6 and 7 of the control, and 5 before 2015, where they stand. */
  readonly reserved: number;
}

const [modeShift, suppression, reservedIn2015, reservedBefore] = [3, 0x20, 0xc0, 0xe0] as const;
const sourceLengths = { 2: 4, 3: 8 } as const;
const integrityCodeLengths = [0, 4, 8, 16] as const;

const control = named('control', u8);
const frameCounter = named('frameCounter', u32le);
const keyIndex = named('keyIndex', u8);
const keySources = { 2: named('keySource', bytes(4)), 3: named('keySource', bytes(8)) };

/** Bytes of the integrity code at a security level (IEEE 802.15.4-2006 table 95). */
export function integrityCodeLength(level: number): number {
  return integrityCodeLengths[(level & 3) as 0 | 1 | 2 | 3];
}

/** The codec of an auxiliary security header in a frame of 2015, or of an older version. */
export function securityHeader(is2015: boolean): Codec<SecurityHeader> {
  return is2015 ? header2015 : headerBefore;
}

const header2015 = headerCodec(reservedIn2015);
const headerBefore = headerCodec(reservedBefore);

function headerCodec(reservedBits: number): Codec<SecurityHeader> {
  return named('security', {
    decode(reader: ByteReader): SecurityHeader {
      const bits = control.decode(reader);
      const isSuppressed = (reservedBits & suppression) === 0 && (bits & suppression) !== 0;
      const counter = isSuppressed ? undefined : frameCounter.decode(reader);
      const key = readKey(reader, (bits >> modeShift) & 3);
      const rest = { key, reserved: bits & reservedBits };
      return counter === undefined ? { level: bits & 7, ...rest } : { level: bits & 7, frameCounter: counter, ...rest };
    },
    encode(writer: ByteWriter, { level, frameCounter: counter, key, reserved }: SecurityHeader): void {
      if (counter === undefined && (reservedBits & suppression) !== 0) {
        throw new FormatError('invalid-value', 'a frame before 2015 has a frame counter', { fault: 'caller' });
      }
      const suppressed = counter === undefined ? suppression : 0;
      control.encode(writer, (level & 7) | (key.mode << modeShift) | suppressed | (reserved & reservedBits));
      if (counter !== undefined) frameCounter.encode(writer, counter);
      if (key.mode === 0) return;
      if (key.mode !== 1) keySources[key.mode].encode(writer, key.source);
      keyIndex.encode(writer, key.index);
    },
  });
}

function readKey(reader: ByteReader, mode: number): KeyIdentifier {
  if (mode === 0) return { mode };
  if (mode === 1) return { mode, index: keyIndex.decode(reader) };
  const long = mode === 2 ? 2 : 3;
  return { mode: long, source: keySources[long].decode(reader), index: keyIndex.decode(reader) };
}

/** Bytes that a header of these takes. */
export function securityHeaderLength({ frameCounter: counter, key }: SecurityHeader): number {
  const source = key.mode === 2 || key.mode === 3 ? sourceLengths[key.mode] : 0;
  return 1 + (counter === undefined ? 0 : 4) + source + (key.mode === 0 ? 0 : 1);
}
