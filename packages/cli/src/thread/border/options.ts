import { InvalidArgumentError } from 'commander';
import { type Ip6Prefix, parseIp6, parsePrefix, type RoutePreference } from '@selvage/thread';
import type { NodeOptions } from '../node/with-node.js';

/** `thread border`. */
export interface BorderOptions extends NodeOptions {
  readonly tun: string;
  readonly prefix: Ip6Prefix;
  readonly hostAddress?: Uint8Array;
  readonly route?: readonly Ip6Prefix[];
  readonly defaultRoute: boolean;
  readonly preference: RoutePreference;
}

const meshPrefixLength = 64;

/** A prefix that nodes make themselves addresses of. */
export function meshPrefix(text: string): Ip6Prefix {
  const prefix = anyPrefix(text);
  if (prefix.length === meshPrefixLength) return prefix;
  throw new InvalidArgumentError('Give a prefix of 64 bits, such as fd11:22::/64.');
}

export function gatherPrefix(text: string, before: readonly Ip6Prefix[] = []): readonly Ip6Prefix[] {
  return [...before, anyPrefix(text)];
}

export function ip6Address(text: string): Uint8Array {
  try {
    return parseIp6(text);
  } catch {
    throw new InvalidArgumentError('Give an IPv6 address, such as fd11:22::1.');
  }
}

function anyPrefix(text: string): Ip6Prefix {
  try {
    return parsePrefix(text);
  } catch {
    throw new InvalidArgumentError('Give an IPv6 prefix, such as fd11:22::/64.');
  }
}
