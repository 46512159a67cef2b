import { type ByteReader, type ByteWriter, bytes, type Codec, FormatError, mapped, named, u16le } from '@selvage/core';
import { extendedLength, type MacAddress } from '../address.js';
import type { AddressingMode, FrameControl } from './frame-control.js';

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

/** Reads `destination PAN id, destination address, source PAN id, source address`, each only where there is one. */
export function readAddresses(reader: ByteReader, control: FrameControl): AddressFields {
  const pans = panFields(control);
  const value: { -readonly [K in keyof AddressFields]: AddressFields[K] } = {};
  if (pans.destination) value.destinationPan = fields.destinationPan.decode(reader);
  if (control.destinationMode === 'short') {
    value.destination = { kind: 'short', short: fields.destinationShort.decode(reader) };
  } else if (control.destinationMode === 'extended') {
    value.destination = { kind: 'extended', extended: fields.destinationExtended.decode(reader) };
  }
  if (pans.source) value.sourcePan = fields.sourcePan.decode(reader);
  if (control.sourceMode === 'short') {
    value.source = { kind: 'short', short: fields.sourceShort.decode(reader) };
  } else if (control.sourceMode === 'extended') {
    value.source = { kind: 'extended', extended: fields.sourceExtended.decode(reader) };
  }
  return value;
}

/** @throws SelvageError `invalid-value` where PAN ids are missing, or too many, for the addresses and the compression. */
export function writeAddresses(writer: ByteWriter, control: FrameControl, value: AddressFields): void {
  const pans = panFields(control);
  if (pans.destination !== (value.destinationPan !== undefined) || pans.source !== (value.sourcePan !== undefined)) {
    throw new FormatError('invalid-value', 'the PAN ids do not fit the addresses and the PAN id compression', {
      fault: 'caller',
    });
  }
  const { destinationPan, destination, sourcePan, source } = value;
  if (destinationPan !== undefined) fields.destinationPan.encode(writer, destinationPan);
  if (destination?.kind === 'short') fields.destinationShort.encode(writer, destination.short);
  if (destination?.kind === 'extended') fields.destinationExtended.encode(writer, destination.extended);
  if (sourcePan !== undefined) fields.sourcePan.encode(writer, sourcePan);
  if (source?.kind === 'short') fields.sourceShort.encode(writer, source.short);
  if (source?.kind === 'extended') fields.sourceExtended.encode(writer, source.extended);
}

/** Which mode an address is sent with. */
export function modeOf(address: MacAddress | undefined): AddressingMode {
  return address?.kind ?? 'none';
}

/** Which PAN ids a frame has: IEEE 802.15.4-2006 §7.2.1.1.5, IEEE 802.15.4-2015 table 7-2. */
export function panFields(
  control: Pick<FrameControl, 'version' | 'panIdCompression' | 'destinationMode' | 'sourceMode'>,
): { readonly destination: boolean; readonly source: boolean } {
  const { version, panIdCompression: compressed, destinationMode, sourceMode } = control;
  const [hasDestination, hasSource] = [destinationMode !== 'none', sourceMode !== 'none'];
  if (version !== 2015) return { destination: hasDestination, source: hasSource && !compressed };
  if (!hasDestination) return { destination: !hasSource && compressed, source: hasSource && !compressed };
  if (!hasSource) return { destination: !compressed, source: false };
  const bothExtended = destinationMode === 'extended' && sourceMode === 'extended';
  return bothExtended ? { destination: !compressed, source: false } : { destination: true, source: !compressed };
}

function reversed(bytesInOrder: Uint8Array): Uint8Array {
  return bytesInOrder.slice().reverse();
}
