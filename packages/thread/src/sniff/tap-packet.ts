import { ByteWriter } from '@selvage/core';

/** What a receiver knows of a frame beside its bytes. */
export interface TapFrame {
  readonly psdu: Uint8Array;
  readonly channel: number;
  /** dBm. */
  readonly rssi?: number | undefined;
}

const types = { frameCheck: 0, strength: 1, channel: 3 } as const;
/** The frame check sequence is the CRC of 16 bits. */
const crc16 = 1;
const boundary = 4;

/**
 * ```
 * uint8 version = 0; uint8 reserved; uint16le length;        // of this head with its TLVs
 * { uint16le type; uint16le length; opaque value[length]; opaque padding to 4 }…
 * opaque psdu[…]
 * ```
 * A packet of LINKTYPE_IEEE802_15_4_TAP. It says what check sequence there is, so that nobody has to be told.
 */
export function tapPacket({ psdu, channel, rssi }: TapFrame): Uint8Array {
  const writer = new ByteWriter();
  writer.u16(0);
  const at = writer.reserve(2);
  tlv(writer, types.frameCheck, Uint8Array.of(crc16));
  if (rssi !== undefined) tlv(writer, types.strength, float32(rssi));
  tlv(writer, types.channel, Uint8Array.of(channel & 0xff, channel >> 8, 0));
  const { length } = writer;
  writer.patch(at, littleEndian(length), 2);
  writer.bytes(psdu);
  return writer.take();
}

function tlv(writer: ByteWriter, type: number, value: Uint8Array): void {
  writer.u16(littleEndian(type));
  writer.u16(littleEndian(value.length));
  writer.bytes(value);
  writer.bytes(new Uint8Array((boundary - (value.length % boundary)) % boundary));
}

function littleEndian(number: number): number {
  return ((number & 0xff) << 8) | (number >> 8);
}

function float32(number: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, number, true);
  return bytes;
}
