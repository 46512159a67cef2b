import {
  type ByteReader,
  type ByteWriter,
  type Codec,
  FormatError,
  named,
  remaining,
  u16le,
  u8,
  within,
} from '@selvage/core';
import { type AddressFields, modeOf, readAddresses, writeAddresses } from './address-fields.js';
import { type HeaderElement, readHeaderElements, writeHeaderElements } from './elements.js';
import { type FrameType, type FrameVersion, frameControlBits, readFrameControl } from './frame-control.js';
import { integrityCodeLength, type SecurityHeader, securityHeader } from './security-header.js';

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
const payload = named('payload', remaining);
const integrityCode = named('integrityCode', remaining);

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
    const head = { type, version, framePending, acknowledgementRequest, panIdCompression, reserved };
    const number = bits.hasSequenceNumber ? sequenceNumber.decode(reader) : undefined;
    const addresses = readAddresses(reader, bits);
    const security = bits.isSecured ? securityHeader(version === 2015).decode(reader) : undefined;
    const codeLength = security === undefined ? 0 : integrityCodeLength(security.level);
    const elements = bits.hasElements ? readHeaderElements(reader, codeLength) : undefined;
    const id = hasCommandField(type, version) ? command.decode(reader) : undefined;
    const content = payload.decode(reader.sub(checkedLength(reader.remaining - codeLength)));
    const code = security === undefined ? undefined : integrityCode.decode(reader);
    return {
      ...head,
      ...(number !== undefined && { sequenceNumber: number }),
      ...addresses,
      ...(security !== undefined && { security }),
      ...(elements !== undefined && { elements }),
      ...(id !== undefined && { command: id }),
      payload: content,
      ...(code !== undefined && { integrityCode: code }),
    };
  },

  encode(writer: ByteWriter, frame: MacFrame): void {
    checkFrame(frame);
    const bits = {
      ...frame,
      isSecured: frame.security !== undefined,
      hasSequenceNumber: frame.sequenceNumber !== undefined,
      hasElements: frame.elements !== undefined,
      destinationMode: modeOf(frame.destination),
      sourceMode: modeOf(frame.source),
    };
    control.encode(writer, frameControlBits(bits));
    if (frame.sequenceNumber !== undefined) sequenceNumber.encode(writer, frame.sequenceNumber);
    writeAddresses(writer, bits, frame);
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

function hasCommandField(type: FrameType, version: FrameVersion): boolean {
  return type === 'command' && version !== 2015;
}

function checkedLength(length: number): number {
  if (length >= 0) return length;
  throw within(new FormatError('truncated', 'the frame ends within its integrity code'), 'integrityCode');
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
