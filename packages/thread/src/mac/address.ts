import { toHex } from '@selvage/core';

/** An IEEE 802.15.4 address: a short one (in Thread the RLOC16, or broadcast) or an extended one in printed order. */
export type MacAddress =
  | { readonly kind: 'short'; readonly short: number }
  | { readonly kind: 'extended'; readonly extended: Uint8Array };

/** Bytes of an extended address. */
export const extendedLength = 8;
/** The short address of everybody in range. */
export const broadcastShort = 0xffff;
/** The PAN id of every network in range, and of a node that belongs to none. */
export const broadcastPan = 0xffff;

/** Everybody in range. */
export const broadcast: MacAddress = { kind: 'short', short: broadcastShort };

/** A short address as a destination or source. */
export function shortAddress(short: number): MacAddress {
  return { kind: 'short', short };
}

/** An extended address (8 bytes in the order in which it is printed) as a destination or source. */
export function extendedAddress(extended: Uint8Array): MacAddress {
  return { kind: 'extended', extended };
}

/** Whether a frame to this address is meant for everybody, and so is not acknowledged. */
export function isBroadcast(address: MacAddress): boolean {
  return address.kind === 'short' && address.short === broadcastShort;
}

/** Whether two addresses are the same one in the same form. */
export function sameAddress(a: MacAddress, b: MacAddress): boolean {
  if (a.kind === 'short') return b.kind === 'short' && a.short === b.short;
  return b.kind === 'extended' && sameExtended(a.extended, b.extended);
}

/** Whether two extended addresses are equal. */
export function sameExtended(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < extendedLength; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** `6c00`, or `4e1fcce8724b05c4`: how logs and errors name an address. */
export function addressText(address: MacAddress): string {
  return address.kind === 'short' ? address.short.toString(16).padStart(4, '0') : toHex(address.extended);
}
