import type { Ip6Prefix } from '../ip6/address/prefix.js';
import { hasPrefix } from '../ip6/address/prefix.js';
import { addressOf } from '../ip6/address/thread-address.js';
import type { RegisteredAddress } from './tlv/address-registration.js';

/** The prefixes of 6LoWPAN contexts by number; 0 is the mesh-local one. */
export interface RegistrationContexts {
  byId(id: number): { readonly prefix: Ip6Prefix } | undefined;
  forAddress(address: Uint8Array): { readonly id: number; readonly prefix: Ip6Prefix } | undefined;
}

/** Registered addresses in full; those of a context that is not known are left out. */
export function fullAddresses(
  registered: readonly RegisteredAddress[],
  contexts: RegistrationContexts,
): readonly Uint8Array[] {
  return registered.flatMap((entry) => {
    if (entry.kind === 'full') return [entry.address];
    const context = contexts.byId(entry.contextId);
    return context === undefined ? [] : [addressOf(context.prefix.address, entry.interfaceId)];
  });
}

/** Addresses as a child registers them: by context where one has their prefix of 64 bits. */
export function registration(addresses: readonly Uint8Array[], contexts: RegistrationContexts): RegisteredAddress[] {
  return addresses.map((address) => {
    const context = address[0] === 0xff ? undefined : contexts.forAddress(address);
    if (context === undefined || context.prefix.length !== 64 || !hasPrefix(address, context.prefix)) {
      return { kind: 'full', address, reserved: 0 };
    }
    return { kind: 'compressed', contextId: context.id, interfaceId: address.subarray(8), reserved: 0 };
  });
}
