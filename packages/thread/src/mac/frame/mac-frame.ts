import { type ByteReader, type ByteWriter, type Codec, FormatError, named, u16le, u8, within } from '@selvage/core';
import { extendedLength } from '../address.js';
import { type AddressFields, modeOf, readAddresses, writeAddresses } from './address-fields.js';
import { type HeaderElement, readHeaderElements, writeHeaderElements } from './elements.js';
import { type FrameType, type FrameVersion, frameControlBits, readFrameControl } from './frame-control.js';
import { integrityCodeLength, type SecurityHeader, securityHeader, securityHeaderLength } from './security-header.js';

/** A frame of IEEE 802.15.4 without its frame check sequence, as it stands in the air: secured frames still sealed. */
export interface MacFrame extends AddressFields {
  readonly type: FrameType;
  readonly version: FrameVersion;
  readonly framePending: boolean;
  readonly acknowledgementRequest: boolean;
  readonly panIdCompression: boolean;
  /** Bits of the frame control field that mean nothing, where they stand; 0 from us. */
  readonly reserved: number;
  /** Absent where a frame of 2015 suppresses it. */
  readonly sequenceNumber?: number;
  readonly security?: SecurityHeader;
  /** Header information elements, those that end the list included; only in frames of 2015. */
  readonly elements?: readonly HeaderElement[];
  /** The command identifier of a command before 2015: it is authenticated, not encrypted. Later it is in the payload. */
  readonly command?: number;
  /** A beacon's superframe specification and what follows it are its payload. */
  readonly payload: Uint8Array;
  /** Of a secured frame: 0, 4, 8 or 16 bytes by its level. */
  readonly integrityCode?: Uint8Array;
}

const control = named('frameControl', u16le);
const sequenceNumber = named('sequenceNumber', u8);
const command = named('command', u8);
const noBytes = new Uint8Array(0);

/** A frame that is being read. */
type Target = { -readonly [K in keyof MacFrame]: MacFrame[K] };

/**
 * ```
 * frame control (2) | sequence number (0 or 1) | addressing fields | auxiliary security header
 * | header elements (2015) | command identifier (commands before 2015) | payload | integrity code
 * ```
 * IEEE 802.15.4-2006 §7.2, IEEE 802.15.4-2015 §7.2.
 */
export const macFrame: Codec<MacFrame> = {
  decode(reader: ByteReader): MacFrame {
    const bits = readFrameControl(control.decode(reader));
    const { type, version, framePending, acknowledgementRequest, panIdCompression, reserved } = bits;
    if (bits.isSecured && version === 2003) {
      throw new FormatError('invalid-value', 'security of 2003 is of another format');
    }
    const frame: Target = {
      type,
      version,
      framePending,
      acknowledgementRequest,
      panIdCompression,
      reserved,
      payload: noBytes,
    };
    if (bits.hasSequenceNumber) frame.sequenceNumber = sequenceNumber.decode(reader);
    readAddresses(reader, bits, frame);
    if (bits.isSecured) frame.security = securityHeader(version === 2015).decode(reader);
    const codeLength = frame.security === undefined ? 0 : integrityCodeLength(frame.security.level);
    if (bits.hasElements) frame.elements = readHeaderElements(reader, codeLength);
    if (hasCommandField(type, version)) frame.command = command.decode(reader);
    if (reader.remaining < codeLength) throw endsInCode();
    frame.payload = bytesField(reader, 'payload', reader.remaining - codeLength);
    if (frame.security !== undefined) frame.integrityCode = bytesField(reader, 'integrityCode', codeLength);
    return frame;
  },

  encode(writer: ByteWriter, frame: MacFrame): void {
    checkFrame(frame);
    const following = {
      security: frame.security !== undefined,
      sequenceNumber: frame.sequenceNumber !== undefined,
      elements: frame.elements !== undefined,
      destination: modeOf(frame.destination),
      source: modeOf(frame.source),
    };
    control.encode(writer, frameControlBits(frame, following));
    if (frame.sequenceNumber !== undefined) sequenceNumber.encode(writer, frame.sequenceNumber);
    writeAddresses(writer, frame, frame);
    if (frame.security !== undefined) securityHeader(frame.version === 2015).encode(writer, frame.security);
    if (frame.elements !== undefined) writeHeaderElements(writer, frame.elements, frame.payload.length > 0);
    if (frame.command !== undefined) command.encode(writer, frame.command);
    writer.bytes(frame.payload);
    if (frame.integrityCode !== undefined) writer.bytes(frame.integrityCode);
  },
};

/** The command identifiers that Thread uses (IEEE 802.15.4-2006 table 82). */
export const commandIds = { dataRequest: 0x04, beaconRequest: 0x07 } as const;

/** Bytes of an encoded frame before its payload: what is authenticated and not encrypted. */
export function headerLength(encodedLength: number, { payload: content, integrityCode: code }: MacFrame): number {
  return encodedLength - content.length - (code?.length ?? 0);
}

/** Bytes that a frame will have. */
export function encodedLength(frame: MacFrame): number {
  const { destination, source, security, elements = [], command: id, payload, integrityCode } = frame;
  let length = 2 + payload.length + (integrityCode?.length ?? 0) + (id === undefined ? 0 : 1);
  if (frame.sequenceNumber !== undefined) length += 1;
  if (frame.destinationPan !== undefined) length += 2;
  if (frame.sourcePan !== undefined) length += 2;
  if (destination !== undefined) length += destination.kind === 'short' ? 2 : extendedLength;
  if (source !== undefined) length += source.kind === 'short' ? 2 : extendedLength;
  if (security !== undefined) length += securityHeaderLength(security);
  for (const { body } of elements) length += 2 + body.length;
  return length;
}

function hasCommandField(type: FrameType, version: FrameVersion): boolean {
  return type === 'command' && version !== 2015;
}

/** Bytes up to a place that other fields determine, as a field of its own. */
function bytesField(reader: ByteReader, name: string, length: number): Uint8Array {
  const { trace } = reader;
  const value = reader.bytes(length);
  if (trace === undefined) return value;
  trace.enter(name);
  trace.bytes(reader.offset - length, length);
  trace.leave();
  return value;
}

function endsInCode(): unknown {
  return within(new FormatError('truncated', 'the frame ends within its integrity code'), 'integrityCode');
}

/** What the fields of a value say of one another must agree. */
function checkFrame(frame: MacFrame): void {
  const { type, version, security, elements } = frame;
  const codeLength = security === undefined ? undefined : integrityCodeLength(security.level);
  const isWhole =
    frame.integrityCode?.length === codeLength &&
    hasCommandField(type, version) === (frame.command !== undefined) &&
    (version === 2015 || (frame.sequenceNumber !== undefined && elements === undefined)) &&
    !(version === 2003 && security !== undefined);
  if (isWhole) return;
  throw new FormatError('invalid-value', 'the fields of the frame do not go together', { fault: 'caller' });
}
