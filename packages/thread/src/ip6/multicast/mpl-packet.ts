import { concat, decode, encode, FormatError } from '@selvage/core';
import { realmLocalAllForwarders } from '../address/classes.js';
import { ip6Header, ip6HeaderLength, ip6Offsets } from '../header/ip6-header.js';
import type { MplOption } from '../header/mpl-option.js';
import { nextHeaders } from '../header/next-header.js';
import { type ExtensionOption, extensionHeadLength, extensionUnit, optionsHeader } from '../header/option.js';
import { paddingOf } from '../header/padding.js';

/** Type, length, flags and sequence of an MPL option; the seed follows. */
const mplHeadLength = 4;
const usualHopLimit = 64;

/**
 * A multicast packet with a hop-by-hop header that numbers it (RFC 7731 §6.1): without it a mesh does not forward it.
 * For groups of the realm; what goes beyond is tunnelled by {@link tunnelledMulticast}.
 */
export function numberedMulticast(packet: Uint8Array, mpl: MplOption): Uint8Array {
  const header = hopByHopOf(packet[ip6Offsets.nextHeader] as number, mpl);
  const numbered = concat(packet.subarray(0, ip6HeaderLength), header, packet.subarray(ip6HeaderLength));
  numbered[ip6Offsets.nextHeader] = nextHeaders.hopByHop;
  const length = numbered.length - ip6HeaderLength;
  numbered[ip6Offsets.payloadLength] = length >> 8;
  numbered[ip6Offsets.payloadLength + 1] = length & 0xff;
  return numbered;
}

/** A multicast packet of a larger scope inside one to all forwarders of the realm (RFC 7731 §5.1). */
export function tunnelledMulticast(packet: Uint8Array, source: Uint8Array, mpl: MplOption): Uint8Array {
  const header = hopByHopOf(nextHeaders.ip6, mpl);
  const outer = encode(ip6Header, {
    label: { trafficClass: 0, flowLabel: 0 },
    payloadLength: header.length + packet.length,
    nextHeader: nextHeaders.hopByHop,
    hopLimit: usualHopLimit,
    source,
    destination: realmLocalAllForwarders,
  });
  return concat(outer, header, packet);
}

/** The MPL option of a packet; `undefined` where it has none, or headers that do not fit their format. */
export function mplOf(packet: Uint8Array): MplOption | undefined {
  const header = hopByHopBytes(packet);
  if (header === undefined) return undefined;
  try {
    const { options } = decode(optionsHeader, header, 'hopByHop');
    for (const option of options) if (option.type === 'mpl') return option.value;
    return undefined;
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

function hopByHopOf(nextHeader: number, mpl: MplOption): Uint8Array {
  const padding = paddingOf(mplHeadLength + mpl.seed.length);
  const options: ExtensionOption[] = [{ type: 'mpl', value: mpl }];
  if (padding === 1) options.push({ type: 'pad1' });
  else if (padding > 1) options.push({ type: 'padding', value: new Uint8Array(padding - extensionHeadLength) });
  return encode(optionsHeader, { nextHeader, options }, 'hopByHop');
}

function hopByHopBytes(packet: Uint8Array): Uint8Array | undefined {
  if (packet[ip6Offsets.nextHeader] !== nextHeaders.hopByHop || packet.length < ip6HeaderLength + extensionUnit) {
    return undefined;
  }
  const end = ip6HeaderLength + extensionUnit * ((packet[ip6HeaderLength + 1] as number) + 1);
  return end <= packet.length ? packet.subarray(ip6HeaderLength, end) : undefined;
}
