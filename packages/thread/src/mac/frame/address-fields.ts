import { type ByteReader, type ByteWriter, bytes, type Codec, FormatError, mapped, named, u16le } from '@selvage/core';
import { extendedLength, type MacAddress } from '../address.js';
import type { AddressingMode, FrameControl, FrameVersion } from './frame-control.js';

/** The addressing fields of a frame: which of them there are is in its frame control field. */
export interface AddressFields {
  readonly destinationPan?: number;
  readonly destination?: MacAddress;
  readonly sourcePan?: number;
  readonly source?: MacAddress;
}

/** An extended address, which the air has in reverse. */
const extended: Codec<Uint8Array> = mapped(bytes(extendedLength), reversed, reversed);

const fields = {
  destinationPan: named('destinationPan', u16le),
  destinationShort: named('destination', u16le),
  destinationExtended: named('destination', extended),
  sourcePan: named('sourcePan', u16le),
  sourceShort: named('source', u16le),
  sourceExtended: named('source', extended),
};

/** A value that is being read. */
export type AddressTarget = { -readonly [K in keyof AddressFields]: AddressFields[K] };

/** Reads `destination PAN id, destination address, source PAN id, source address` into a frame, where there are any. */
export function readAddresses(reader: ByteReader, control: FrameControl, target: AddressTarget): void {
  const { version, panIdCompression, destinationMode, sourceMode } = control;
  const pans = panBits(version, panIdCompression, destinationMode, sourceMode);
  if ((pans & 1) !== 0) target.destinationPan = fields.destinationPan.decode(reader);
  if (destinationMode === 'short') {
    target.destination = { kind: 'short', short: fields.destinationShort.decode(reader) };
  } else if (destinationMode === 'extended') {
    target.destination = { kind: 'extended', extended: fields.destinationExtended.decode(reader) };
  }
  if ((pans & 2) !== 0) target.sourcePan = fields.sourcePan.decode(reader);
  if (sourceMode === 'short') target.source = { kind: 'short', short: fields.sourceShort.decode(reader) };
  else if (sourceMode === 'extended') {
    target.source = { kind: 'extended', extended: fields.sourceExtended.decode(reader) };
  }
}

/** @throws SelvageError `invalid-value` where PAN ids are missing, or too many, for the addresses and the compression. */
export function writeAddresses(
  writer: ByteWriter,
  { version, panIdCompression }: Pick<FrameControl, 'version' | 'panIdCompression'>,
  value: AddressFields,
): void {
  const { destinationPan, destination, sourcePan, source } = value;
  const pans = panBits(version, panIdCompression, modeOf(destination), modeOf(source));
  if (pans !== (destinationPan === undefined ? 0 : 1) + (sourcePan === undefined ? 0 : 2)) {
    throw new FormatError('invalid-value', 'the PAN ids do not fit the addresses and the PAN id compression', {
      fault: 'caller',
    });
  }
  if (destinationPan !== undefined) fields.destinationPan.encode(writer, destinationPan);
  if (destination?.kind === 'short') fields.destinationShort.encode(writer, destination.short);
  else if (destination !== undefined) fields.destinationExtended.encode(writer, destination.extended);
  if (sourcePan !== undefined) fields.sourcePan.encode(writer, sourcePan);
  if (source?.kind === 'short') fields.sourceShort.encode(writer, source.short);
  else if (source !== undefined) fields.sourceExtended.encode(writer, source.extended);
}

/** Which mode an address is sent with. */
export function modeOf(address: MacAddress | undefined): AddressingMode {
  return address?.kind ?? 'none';
}

/** Which PAN ids a frame has: IEEE 802.15.4-2006 §7.2.1.1.5, IEEE 802.15.4-2015 table 7-2. */
export function panFields(
  control: Pick<FrameControl, 'version' | 'panIdCompression' | 'destinationMode' | 'sourceMode'>,
): { readonly destination: boolean; readonly source: boolean } {
  const pans = panBits(control.version, control.panIdCompression, control.destinationMode, control.sourceMode);
  return { destination: (pans & 1) !== 0, source: (pans & 2) !== 0 };
}

/** The same in bits: 1 for the destination's, 2 for the source's. */
function panBits(
  version: FrameVersion,
  compressed: boolean,
  destination: AddressingMode,
  source: AddressingMode,
): number {
  const [hasDestination, hasSource] = [destination !== 'none', source !== 'none'];
  const sourceBit = hasSource && !compressed ? 2 : 0;
  if (version !== 2015) return (hasDestination ? 1 : 0) | sourceBit;
  if (!hasDestination) return (!hasSource && compressed ? 1 : 0) | sourceBit;
  if (!hasSource || (destination === 'extended' && source === 'extended')) return compressed ? 0 : 1;
  return 1 | sourceBit;
}

function reversed(bytesInOrder: Uint8Array): Uint8Array {
  return bytesInOrder.slice().reverse();
}
