import { FormatError } from '@selvage/core';
import type { MacAddress } from '../address.js';

/** The frame types at their numbers (IEEE 802.15.4-2015 table 7-1); the others have formats of their own. */
export const frameTypes = ['beacon', 'data', 'acknowledgement', 'command'] as const;
/** A frame type. */
export type FrameType = (typeof frameTypes)[number];

/** The frame versions at their numbers, by the year of the standard. */
export const frameVersions = [2003, 2006, 2015] as const;
/** A frame version. */
export type FrameVersion = (typeof frameVersions)[number];

/** Whether there is an address, and of which form, at their numbers; 1 is reserved. */
const addressingModes = ['none', undefined, 'short', 'extended'] as const;
/** Which form an address has in a frame. */
export type AddressingMode = 'none' | MacAddress['kind'];

/**
 * ```
 *  bits 0-2 type | 3 security enabled | 4 frame pending | 5 acknowledgement request | 6 PAN id compression | 7 reserved
 *  8 sequence number suppression (2015) | 9 information elements present (2015)
 *  10-11 destination addressing mode | 12-13 frame version | 14-15 source addressing mode
 * ```
 * IEEE 802.15.4-2015 §7.2.1.
 */
export interface FrameControl {
  readonly type: FrameType;
  readonly version: FrameVersion;
  readonly isSecured: boolean;
  readonly framePending: boolean;
  readonly acknowledgementRequest: boolean;
  readonly panIdCompression: boolean;
  readonly hasSequenceNumber: boolean;
  readonly hasElements: boolean;
  readonly destinationMode: AddressingMode;
  readonly sourceMode: AddressingMode;
  /** The bits that mean nothing in this version, where they stand: bit 7, and 8 and 9 before 2015. */
  readonly reserved: number;
}

const bit = { secured: 0x08, pending: 0x10, request: 0x20, compression: 0x40, unnumbered: 0x0100, elements: 0x0200 };
const [reservedAlways, reservedBefore2015] = [0x0080, 0x0380] as const;

/** @throws SelvageError `invalid-value` for a type, version or addressing mode that is reserved, or read otherwise. */
export function readFrameControl(bits: number): FrameControl {
  const type = frameTypes[bits & 7];
  const version = frameVersions[(bits >> 12) & 3];
  const destinationMode = addressingModes[(bits >> 10) & 3];
  const sourceMode = addressingModes[bits >> 14];
  if (type === undefined) throw new FormatError('invalid-value', `frames of type ${bits & 7} are of another format`);
  if (version === undefined) throw new FormatError('invalid-value', 'frame version 3 is reserved');
  if (destinationMode === undefined || sourceMode === undefined) {
    throw new FormatError('invalid-value', 'addressing mode 1 is reserved');
  }
  const is2015 = version === 2015;
  return {
    type,
    version,
    isSecured: (bits & bit.secured) !== 0,
    framePending: (bits & bit.pending) !== 0,
    acknowledgementRequest: (bits & bit.request) !== 0,
    panIdCompression: (bits & bit.compression) !== 0,
    hasSequenceNumber: !is2015 || (bits & bit.unnumbered) === 0,
    hasElements: is2015 && (bits & bit.elements) !== 0,
    destinationMode,
    sourceMode,
    reserved: bits & (is2015 ? reservedAlways : reservedBefore2015),
  };
}

/** What of a frame control field is not the frame's other fields' doing. */
export type FrameControlFlags = Pick<
  FrameControl,
  'type' | 'version' | 'framePending' | 'acknowledgementRequest' | 'panIdCompression' | 'reserved'
>;

/** Which fields follow a frame control field. */
export interface FollowingFields {
  readonly security: boolean;
  readonly sequenceNumber: boolean;
  readonly elements: boolean;
  readonly destination: AddressingMode;
  readonly source: AddressingMode;
}

/** The 16 bits of a frame control field. */
export function frameControlBits(flags: FrameControlFlags, following: FollowingFields): number {
  const { type, version } = flags;
  let bits = typeNumbers[type] | versionBits[version];
  if (following.security) bits |= bit.secured;
  if (flags.framePending) bits |= bit.pending;
  if (flags.acknowledgementRequest) bits |= bit.request;
  if (flags.panIdCompression) bits |= bit.compression;
  if (!following.sequenceNumber) bits |= bit.unnumbered;
  if (following.elements) bits |= bit.elements;
  bits |= modeNumbers[following.destination] << 10;
  bits |= modeNumbers[following.source] << 14;
  return bits | (flags.reserved & (version === 2015 ? reservedAlways : reservedBefore2015));
}

const typeNumbers: Readonly<Record<FrameType, number>> = { beacon: 0, data: 1, acknowledgement: 2, command: 3 };
const versionBits: Readonly<Record<FrameVersion, number>> = { 2003: 0, 2006: 0x1000, 2015: 0x2000 };
const modeNumbers: Readonly<Record<AddressingMode, number>> = { none: 0, short: 2, extended: 3 };
