import { SelvageError } from '@selvage/core';
import { addressLength, ip6Text, parseIp6 } from './text.js';

/** The first `length` bits of addresses. */
export interface Ip6Prefix {
  /** 16 bytes; those behind the prefix are zero. */
  readonly address: Uint8Array;
  /** Bits, 0 to 128. */
  readonly length: number;
}

/** A prefix of these bits; what stands behind `length` bits, or is missing, is zero. */
export function ip6Prefix(bytes: Uint8Array, length: number): Ip6Prefix {
  const address = new Uint8Array(addressLength);
  address.set(bytes.subarray(0, (length + 7) >> 3));
  if ((length & 7) !== 0) {
    const last = length >> 3;
    address[last] = (address[last] as number) & (0xff << (8 - (length & 7)));
  }
  return { address, length };
}

/**
 * Reads `fd11:22::/64`.
 * @throws SelvageError `address-invalid`
 */
export function parsePrefix(text: string): Ip6Prefix {
  const [address = '', length = '', ...more] = text.split('/');
  if (more.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > 128) {
    throw new SelvageError('address-invalid', `${text} is no IPv6 prefix`, {
      remedy: 'Write it as fd11:22::/64.',
    });
  }
  return ip6Prefix(parseIp6(address), Number(length));
}

/** `fd11:22::/64`. */
export function prefixText({ address, length }: Ip6Prefix): string {
  return `${ip6Text(address)}/${length}`;
}

/** Whether an address begins with the prefix. */
export function hasPrefix(address: Uint8Array, { address: prefix, length }: Ip6Prefix): boolean {
  const whole = length >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== prefix[i]) return false;
  const rest = length & 7;
  return rest === 0 || (((address[whole] as number) ^ (prefix[whole] as number)) & (0xff << (8 - rest)) & 0xff) === 0;
}

/** How many bits two addresses have in common from the front. */
export function commonPrefixLength(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < addressLength; i++) {
    const difference = (a[i] as number) ^ (b[i] as number);
    if (difference !== 0) return 8 * i + Math.clz32(difference) - 24;
  }
  return 8 * addressLength;
}
