import { isLinkLocal } from '../../ip6/address/classes.js';
import { addressLength } from '../../ip6/address/text.js';
import type { MacAddress } from '../../mac/address.js';
import type { ContextTable, LowpanContext } from '../contexts.js';
import { addressModes, interfaceIdAt, iphc, multicastModes, shortAt, shortForm, universalBit } from './bits.js';

/** Where compressed headers are written. */
export interface HeaderOutput {
  readonly out: Uint8Array;
  length: number;
}

/**
 * Writes what must be sent of a unicast address, and gives its mode (RFC 6282 §3.2.2). Without context only a
 * link-local one is shortened.
 */
export function compressUnicast(
  target: HeaderOutput,
  address: Uint8Array,
  onLink: MacAddress,
  context: LowpanContext | undefined,
): number {
  if (context === undefined && !isLinkLocal(address)) {
    write(target, address, 0, addressLength);
    return addressModes.full;
  }
  // Where a context reaches into the interface identifier, its bits are right already.
  const given = context === undefined ? 0 : Math.max(0, (context.prefix.length >> 3) - interfaceIdAt);
  if (isOf(address, onLink, given)) return addressModes.elided;
  const isShort = isShortForm(address, given);
  write(target, address, isShort ? shortAt : interfaceIdAt, addressLength);
  return isShort ? addressModes.short : addressModes.interfaceId;
}

/** Whether an interface identifier, but for its first `given` bytes, is that of a link address. */
function isOf(address: Uint8Array, onLink: MacAddress, given: number): boolean {
  if (onLink.kind === 'short') {
    const { short } = onLink;
    return address[15] === (short & 0xff) && address[14] === short >> 8 && isShortForm(address, given);
  }
  const { extended } = onLink;
  for (let i = 7; i > 0 && i >= given; i--) if (address[interfaceIdAt + i] !== extended[i]) return false;
  return given > 0 || address[interfaceIdAt] === ((extended[0] as number) ^ universalBit);
}

/** Whether an interface identifier, but for its first `given` bytes, is `0000:00ff:fe00:XXXX`. */
function isShortForm(address: Uint8Array, given: number): boolean {
  for (let i = given; i < shortForm.length; i++) if (address[interfaceIdAt + i] !== shortForm[i]) return false;
  return true;
}

/** Writes what must be sent of a multicast address, and gives DAC and DAM (RFC 6282 §3.2.3, §3.2.4). */
export function compressMulticast(target: HeaderOutput, address: Uint8Array, contexts: ContextTable): number {
  const { out } = target;
  switch (firstByteSet(address)) {
    case 'last':
      out[target.length++] = address[15] as number;
      return multicastModes.bytes1;
    case 'last3':
      out[target.length++] = address[1] as number;
      write(target, address, 13, addressLength);
      return multicastModes.bytes4;
    case 'last5':
      out[target.length++] = address[1] as number;
      write(target, address, 11, addressLength);
      return multicastModes.bytes6;
    default:
      if (isOfContext(address, contexts.byId(0))) {
        write(target, address, 1, 3);
        write(target, address, 12, addressLength);
        return iphc.destinationContext | multicastModes.full;
      }
      write(target, address, 0, addressLength);
      return multicastModes.full;
  }
}

/** Behind which zeros a multicast address ends. */
function firstByteSet(address: Uint8Array): 'last' | 'last3' | 'last5' | 'more' {
  let at = 2;
  while (at < addressLength - 1 && address[at] === 0) at++;
  if (at === 15 && address[1] === 0x02) return 'last';
  if (at >= 13) return 'last3';
  return at >= 11 ? 'last5' : 'more';
}

/** Whether a group is based on the prefix of the context (RFC 3306): `ffXX:XX<length>:<prefix>:XXXX:XXXX`. */
function isOfContext(address: Uint8Array, context: LowpanContext | undefined): boolean {
  if (context === undefined) return false;
  const { prefix } = context;
  if (prefix.length !== address[3] || prefix.length > 64) return false;
  for (let i = 0; i < 8; i++) if (prefix.address[i] !== address[4 + i]) return false;
  return true;
}

function write(target: HeaderOutput, bytes: Uint8Array, from: number, to: number): void {
  const { out } = target;
  for (let i = from; i < to; i++) out[target.length++] = bytes[i] as number;
}
