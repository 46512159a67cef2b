import { type ByteReader, FormatError } from '@selvage/core';
import { addressLength } from '../../ip6/address/text.js';
import type { MacAddress } from '../../mac/address.js';
import type { LowpanContext } from '../contexts.js';
import { addressModes, interfaceIdAt, iphc, multicastModes, shortAt, shortForm, universalBit } from './bits.js';

/** Expands the source to `out` at `at`, where zeros are (RFC 6282 §3.2.2). */
export function expandSource(
  reader: ByteReader,
  bits: number,
  context: LowpanContext | undefined,
  onLink: MacAddress,
  out: Uint8Array,
  at: number,
): void {
  const mode = (bits >> iphc.sourceModeShift) & 3;
  const usesContext = (bits & iphc.sourceContext) !== 0;
  // SAC with nothing there is the unspecified address.
  if (usesContext && mode === addressModes.full) return;
  expandUnicast(reader, 'source', mode, usesContext ? needed(context) : undefined, onLink, out, at);
}

/** Expands a unicast destination likewise. */
export function expandDestination(
  reader: ByteReader,
  bits: number,
  context: LowpanContext | undefined,
  onLink: MacAddress,
  out: Uint8Array,
  at: number,
): void {
  const mode = (bits >> iphc.destinationModeShift) & 3;
  const usesContext = (bits & iphc.destinationContext) !== 0;
  if (usesContext && mode === addressModes.full) throw reserved('destination');
  expandUnicast(reader, 'destination', mode, usesContext ? needed(context) : undefined, onLink, out, at);
}

/** Expands a multicast destination (RFC 6282 §3.2.3, §3.2.4). */
export function expandMulticast(
  reader: ByteReader,
  bits: number,
  context: LowpanContext | undefined,
  out: Uint8Array,
  at: number,
): void {
  const mode = (bits >> iphc.destinationModeShift) & 3;
  if ((bits & iphc.destinationContext) !== 0) {
    if (mode !== multicastModes.full) throw reserved('destination');
    return expandPrefixBased(reader, needed(context), out, at);
  }
  out[at] = 0xff;
  switch (mode) {
    case multicastModes.full:
      copy(reader, 'destination', out, at, addressLength);
      if (out[at] !== 0xff) throw reserved('multicast destination');
      return;
    case multicastModes.bytes1:
      out[at + 1] = 0x02;
      return copy(reader, 'destination', out, at + 15, 1);
    case multicastModes.bytes4:
      copy(reader, 'scope', out, at + 1, 1);
      return copy(reader, 'destination', out, at + 13, 3);
    default:
      copy(reader, 'scope', out, at + 1, 1);
      return copy(reader, 'destination', out, at + 11, 5);
  }
}

function expandUnicast(
  reader: ByteReader,
  name: string,
  mode: number,
  context: LowpanContext | undefined,
  onLink: MacAddress,
  out: Uint8Array,
  at: number,
): void {
  switch (mode) {
    case addressModes.full:
      return copy(reader, name, out, at, addressLength);
    case addressModes.interfaceId:
      copy(reader, name, out, at + interfaceIdAt, 8);
      break;
    case addressModes.short:
      out.set(shortForm, at + interfaceIdAt);
      copy(reader, name, out, at + shortAt, 2);
      break;
    default:
      writeInterfaceId(onLink, out, at + interfaceIdAt);
  }
  if (context === undefined) {
    out[at] = 0xfe;
    out[at + 1] = 0x80;
  } else {
    overlay(context, out, at);
  }
}

function expandPrefixBased(reader: ByteReader, { prefix }: LowpanContext, out: Uint8Array, at: number): void {
  if (prefix.length > 64) throw reserved('multicast context');
  out[at] = 0xff;
  copy(reader, 'scope', out, at + 1, 2);
  out[at + 3] = prefix.length;
  for (let i = 0; i < 8; i++) out[at + 4 + i] = prefix.address[i] as number;
  copy(reader, 'destination', out, at + 12, 4);
}

/** The bits of a context stand, whatever is below them (RFC 6282 §3.1.2). */
function overlay({ prefix: { address, length } }: LowpanContext, out: Uint8Array, at: number): void {
  const whole = length >> 3;
  for (let i = 0; i < whole; i++) out[at + i] = address[i] as number;
  const rest = length & 7;
  if (rest === 0) return;
  const mask = (0xff << (8 - rest)) & 0xff;
  out[at + whole] = ((address[whole] as number) & mask) | ((out[at + whole] as number) & ~mask);
}

function writeInterfaceId(onLink: MacAddress, out: Uint8Array, at: number): void {
  if (onLink.kind === 'short') {
    out.set(shortForm, at);
    out[at + 6] = onLink.short >> 8;
    out[at + 7] = onLink.short & 0xff;
    return;
  }
  const { extended } = onLink;
  out[at] = (extended[0] as number) ^ universalBit;
  for (let i = 1; i < 8; i++) out[at + i] = extended[i] as number;
}

function copy(reader: ByteReader, name: string, out: Uint8Array, at: number, length: number): void {
  for (let i = 0; i < length; i++) out[at + i] = reader.u8();
  if (reader.trace === undefined) return;
  reader.trace.enter(`${name}At${reader.offset}`);
  reader.trace.bytes(reader.offset - length, length);
  reader.trace.leave();
}

function needed(context: LowpanContext | undefined): LowpanContext {
  if (context !== undefined) return context;
  throw new FormatError('invalid-value', 'an address has a context that is not known');
}

function reserved(what: string): FormatError {
  return new FormatError('invalid-value', `the ${what} has a reserved form`);
}
