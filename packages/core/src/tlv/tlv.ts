import type { ByteReader } from '../bytes/reader.js';
import type { ByteWriter } from '../bytes/writer.js';
import type { Codec } from '../codec/codec.js';
import { sequence } from '../codec/list.js';
import { named } from '../codec/named.js';
import { u16, u8 } from '../codec/numbers.js';
import { readAuxiliary } from '../codec/prefix.js';
import { remaining } from '../codec/raw.js';
import { FormatError } from '../errors/format-error.js';

/** The length byte that says that the length follows in two bytes. */
const extendedLength = 0xff;
const largestValue = 0xffff;

/** Type, length, value, as Thread's MeshCoP has them (Thread 1.3 §8.10.1): one byte of type, one of length or three. */
export interface Tlv {
  readonly type: number;
  readonly value: Uint8Array;
  /** Set where the extended length was used although one byte would have done, so that it is written back so. */
  readonly extended?: true;
}

/** What stands before a TLV's value. */
export interface TlvHeader {
  readonly type: number;
  readonly length: number;
  readonly extended: boolean;
}

/** One TLV with its value as bytes. */
export const tlv: Codec<Tlv> = {
  decode(reader: ByteReader): Tlv {
    const { type, length, extended } = readTlvHeader(reader);
    const value = valueBytes.decode(reader.sub(length));
    return { type, value, ...(extended && { extended }) };
  },
  encode(writer: ByteWriter, { type, value, extended }: Tlv): void {
    writeTlvHeader(writer, type, value.length, extended);
    writer.bytes(value);
  },
};

/** TLVs in order until the message ends; repeated and unknown types are kept. */
export const tlvs: Codec<readonly Tlv[]> = sequence(tlv);

const valueBytes = named('value', remaining);

/** Reads a TLV up to its value. `extended` is true where the extended length was not needed. */
export function readTlvHeader(reader: ByteReader): TlvHeader {
  const type = readAuxiliary(reader, u8, 'tag', 'type');
  const short = readAuxiliary(reader, u8, 'length', 'length');
  if (short !== extendedLength) return { type, length: short, extended: false };
  const length = readAuxiliary(reader, u16, 'length', 'extendedLength');
  return { type, length, extended: length < extendedLength };
}

/** Writes a TLV up to its value, with the extended length where that is needed or `extended` wants it. */
export function writeTlvHeader(writer: ByteWriter, type: number, length: number, extended: boolean | undefined): void {
  if (length > largestValue) {
    throw new FormatError('length-out-of-range', `${length} bytes where 0 to ${largestValue} are allowed`, {
      fault: 'caller',
      details: { length, min: 0, max: largestValue },
    });
  }
  writer.u8(type);
  if (length < extendedLength && extended !== true) return writer.u8(length);
  writer.u8(extendedLength);
  writer.u16(length);
}
