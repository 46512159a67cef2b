export { Alarm } from './alarm.js';
export { givingUpAfter } from './giving-up.js';
export * from './ports.js';

export type { AlertName } from './errors/alerts.js';
export { type ErrorCode, type Fault, type Outward, errorTable } from './errors/codes.js';
export { type ErrorDetails, SelvageError, type SelvageErrorOptions } from './errors/error.js';
export { FormatError, within } from './errors/format-error.js';
export { alertFor, coapCode, exitCode, httpStatus, outward } from './errors/outward.js';

export { Secret } from './secret.js';

export { bytesEqual } from './bytes/equal.js';
export { carveBytes } from './bytes/carve.js';
export { concat } from './bytes/concat.js';
export { fromHex, toHex } from './bytes/hex.js';
export { strictUtf8 } from './bytes/utf8.js';
export { ByteReader, type ByteReaderOptions } from './bytes/reader.js';
export { ByteWriter } from './bytes/writer.js';

export type { Codec, Decoded, FixedCodec, NumberCodec } from './codec/codec.js';
export { u16, u16le, u24, u32, u32le, u48, u64, u8 } from './codec/numbers.js';
export { bytes, opaque, remaining } from './codec/raw.js';
export type { LengthLimits } from './codec/prefix.js';
export { list, sequence } from './codec/list.js';
export { type Fields, type StructCodec, type StructValue, struct } from './codec/struct.js';
export { nested } from './codec/nested.js';
export { type EnumerationCodec, type Unknown, enumeration } from './codec/enumeration.js';
export {
  type Cases,
  type UnknownVariant,
  type VariantCodec,
  type VariantOptions,
  type VariantValue,
  variant,
} from './codec/variant.js';
export { constant } from './codec/constant.js';
export { named } from './codec/named.js';
export { mapped } from './codec/mapped.js';
export { optionalTail } from './codec/optional-tail.js';
export { decode, encode, trace, tryDecode } from './codec/run.js';
export { type FieldKind, type FieldSpan, FieldTrace } from './codec/field-trace.js';
export { type FieldSlot, type Layout, layout } from './codec/layout.js';

export { type Tlv, tlv, tlvs } from './tlv/tlv.js';
export { type TlvDeclarations, type TlvEntry, type TlvSet, type UnknownTlv, tlvSet } from './tlv/tlv-set.js';

export { decodeCbor } from './cbor/decode.js';
export { encodeCbor } from './cbor/encode.js';
export { fromJson, toJson } from './cbor/json.js';
export type { CborInput, CborLimits, CborMap, CborValue } from './cbor/value.js';

export { type HeapEntry, MinHeap } from './collections/min-heap.js';
export { MonitoredEntropy, type RandomSource } from './entropy/monitored.js';
export { systemEntropy } from './entropy/system.js';
export { ipAddressBytes } from './pcap/ip-address.js';
export { type PcapLinkType, PcapWriter } from './pcap/pcap-writer.js';
export {
  type PcapngInterface,
  pcapngLinkTypes,
  type PcapngOptions,
  PcapngWriter,
} from './pcap/pcapng-writer.js';
export { type IpEndpoint, type UdpDatagram, udpPacket } from './pcap/udp-packet.js';
export { checkStoreName } from './store/name.js';
export { prefixedStore } from './store/prefixed.js';
