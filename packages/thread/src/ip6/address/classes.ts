import { parseIp6 } from './text.js';

/** `::`, what stands for no address. */
export const unspecifiedAddress = parseIp6('::');
/** `ff02::1`: every node on the link. */
export const linkLocalAllNodes = parseIp6('ff02::1');
/** `ff02::2`: every router on the link, and everything that may become one. */
export const linkLocalAllRouters = parseIp6('ff02::2');
/** `ff03::1`: every node of the mesh but sleepy ones. */
export const realmLocalAllNodes = parseIp6('ff03::1');
/** `ff03::2`: every router of the mesh. */
export const realmLocalAllRouters = parseIp6('ff03::2');
/** `ff03::fc`: every node that forwards multicasts by MPL (RFC 7731). */
export const realmLocalAllForwarders = parseIp6('ff03::fc');

/** Scopes of multicast addresses (RFC 4291 §2.7, RFC 7346). */
export const multicastScopes = {
  interfaceLocal: 1,
  linkLocal: 2,
  realmLocal: 3,
  adminLocal: 4,
  siteLocal: 5,
  organizationLocal: 8,
  global: 14,
} as const;

export function isMulticast(address: Uint8Array): boolean {
  return address[0] === 0xff;
}

/** The scope of a multicast address, 0 to 15: see {@link multicastScopes}. */
export function multicastScope(address: Uint8Array): number {
  return (address[1] as number) & 0x0f;
}

/** `fe80::/64`: the only part of fe80::/10 that is in use (RFC 4291 §2.5.6). */
export function isLinkLocal(address: Uint8Array): boolean {
  if (address[0] !== 0xfe || address[1] !== 0x80) return false;
  for (let i = 2; i < 8; i++) if (address[i] !== 0) return false;
  return true;
}

export function isUnspecified(address: Uint8Array): boolean {
  return address.every((byte) => byte === 0);
}

export function isLoopback(address: Uint8Array): boolean {
  return address[15] === 1 && address.subarray(0, 15).every((byte) => byte === 0);
}
