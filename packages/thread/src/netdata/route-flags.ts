import { mapped, u16, u8 } from '@selvage/core';

/** How gladly a border router takes traffic (RFC 4191 §2.1); `reserved` counts as medium. */
export type RoutePreference = 'medium' | 'high' | 'reserved' | 'low';

/** What a border router offers beyond its prefix. */
export interface HasRouteFlags {
  readonly preference: RoutePreference;
  /** The prefix leads to IPv4 (RFC 6052). */
  readonly nat64: boolean;
  /** The border router advertises its own prefix on the infrastructure link. */
  readonly advertisingPrefix: boolean;
  readonly reserved: number;
}

/** What a border router's prefix is for. */
export interface BorderRouterFlags {
  readonly preference: RoutePreference;
  /** Addresses of the prefix are preferred as sources. */
  readonly preferred: boolean;
  /** Nodes make themselves an address of it. */
  readonly slaac: boolean;
  readonly dhcp: boolean;
  readonly configure: boolean;
  readonly defaultRoute: boolean;
  readonly onMesh: boolean;
  readonly neighbourDiscoveryDns: boolean;
  /** A domain prefix: no addresses are made of it. */
  readonly domainPrefix: boolean;
  readonly reserved: number;
}

const preferences = ['medium', 'high', 'reserved', 'low'] as const;
const hasRouteBits = { nat64: 0x20, advertisingPrefix: 0x10, reserved: 0x0f } as const;
const borderRouterBits = {
  preferred: 0x2000,
  slaac: 0x1000,
  dhcp: 0x0800,
  configure: 0x0400,
  defaultRoute: 0x0200,
  onMesh: 0x0100,
  neighbourDiscoveryDns: 0x0080,
  domainPrefix: 0x0040,
  reserved: 0x003f,
} as const;

/** `| preference (2) | NAT64 | AP | reserved (4) |`, Thread 1.3 §5.18.1. */
export const hasRouteFlags = mapped(
  u8,
  (bits): HasRouteFlags => ({
    preference: preferences[bits >> 6] as RoutePreference,
    nat64: (bits & hasRouteBits.nat64) !== 0,
    advertisingPrefix: (bits & hasRouteBits.advertisingPrefix) !== 0,
    reserved: bits & hasRouteBits.reserved,
  }),
  ({ preference, nat64, advertisingPrefix, reserved }) =>
    (preferences.indexOf(preference) << 6) |
    (nat64 ? hasRouteBits.nat64 : 0) |
    (advertisingPrefix ? hasRouteBits.advertisingPrefix : 0) |
    (reserved & hasRouteBits.reserved),
);

/** `| preference (2) | P | S | D | C | R | O | N | DP | reserved (6) |`, Thread 1.3 §5.18.3. */
export const borderRouterFlags = mapped(
  u16,
  (bits): BorderRouterFlags => ({
    preference: preferences[bits >> 14] as RoutePreference,
    preferred: (bits & borderRouterBits.preferred) !== 0,
    slaac: (bits & borderRouterBits.slaac) !== 0,
    dhcp: (bits & borderRouterBits.dhcp) !== 0,
    configure: (bits & borderRouterBits.configure) !== 0,
    defaultRoute: (bits & borderRouterBits.defaultRoute) !== 0,
    onMesh: (bits & borderRouterBits.onMesh) !== 0,
    neighbourDiscoveryDns: (bits & borderRouterBits.neighbourDiscoveryDns) !== 0,
    domainPrefix: (bits & borderRouterBits.domainPrefix) !== 0,
    reserved: bits & borderRouterBits.reserved,
  }),
  ({ preference, reserved, ...flags }) => {
    let bits = (preferences.indexOf(preference) << 14) | (reserved & borderRouterBits.reserved);
    for (const [name, isSet] of Object.entries(flags)) {
      if (isSet) bits |= borderRouterBits[name as keyof typeof flags];
    }
    return bits;
  },
);
