import { type ByteReader, type ByteWriter, carveBytes, type Codec, FormatError } from '@selvage/core';
import { ip6HeaderLength, ip6Mtu, ip6Offsets } from '../ip6/header/ip6-header.js';
import type { ContextTable } from './contexts.js';
import { HeaderCompressor } from './iphc/header-compressor.js';
import { HeaderExpander } from './iphc/header-expander.js';
import type { LinkPair } from './link-pair.js';

/**
 * IPv6 packets compressed between two link addresses: what a frame has that is not fragmented (RFC 6282). Every legal
 * form is read, the shortest is written.
 */
export function compressedPacket(contexts: ContextTable, link: LinkPair): Codec<Uint8Array> {
  const compressor = new HeaderCompressor(contexts);
  const expander = new HeaderExpander(contexts);
  return {
    decode: (reader: ByteReader) => expandPacket(expander, reader, link),
    encode(writer: ByteWriter, packet: Uint8Array): void {
      checkPacket(packet);
      compressor.compress(packet, link);
      writer.bytes(compressor.out.subarray(0, compressor.length));
      writer.bytes(packet.subarray(compressor.consumed));
    },
  };
}

/**
 * The packet that a whole compressed one is.
 * @throws SelvageError `truncated`, `invalid-value`, `length-out-of-range`, fault `peer`
 */
export function expandPacket(expander: HeaderExpander, reader: ByteReader, link: LinkPair): Uint8Array {
  expander.expand(reader, link);
  const headers = expander.length;
  const total = headers + reader.remaining;
  if (total > ip6Mtu) throw new FormatError('length-out-of-range', `a packet of ${total} bytes`);
  const packet = carveBytes(total);
  packet.set(expander.out.subarray(0, headers));
  const payload = reader.rest();
  if (reader.trace !== undefined && payload.length > 0) {
    reader.trace.enter('payload');
    reader.trace.bytes(reader.offset - payload.length, payload.length);
    reader.trace.leave();
  }
  packet.set(payload, headers);
  expander.finish(packet, total);
  return packet;
}

/** Whether bytes are an IPv6 packet of its own length, no longer than the mesh carries. */
export function isPacket(packet: Uint8Array): boolean {
  const lengthAt = ip6Offsets.payloadLength;
  return (
    packet.length >= ip6HeaderLength &&
    packet.length <= ip6Mtu &&
    (packet[0] as number) >> 4 === 6 &&
    (((packet[lengthAt] as number) << 8) | (packet[lengthAt + 1] as number)) === packet.length - ip6HeaderLength
  );
}

/** @throws SelvageError `invalid-value` for what is no IPv6 packet of its own length, or is longer than the mesh carries. */
export function checkPacket(packet: Uint8Array): void {
  if (!isPacket(packet)) {
    throw new FormatError('invalid-value', `${packet.length} bytes are no IPv6 packet that a mesh carries`, {
      fault: 'caller',
    });
  }
}
