import type { CryptoCore } from '@selvage/crypto';
import { hasShortInterfaceId, interfaceIdLength } from './interface-id.js';
import type { Ip6Prefix } from './prefix.js';
import { addressOf } from './thread-address.js';

const networkInterface = new TextEncoder().encode('wpan');
const mostAttempts = 256;

/**
 * The stable, opaque address of a node in a prefix of 64 bits (RFC 7217): SHA-256 of prefix, interface, counter of
 * attempts and the node's secret. The same secret gives the same address at every start, and another in another
 * prefix. Identifiers that are reserved (RFC 5453, and those of locators) are skipped.
 * @param secret 32 bytes, drawn once and kept
 * @param attempt where to start: counted up when the address turned out to be somebody else's
 */
export function stableAddress(core: CryptoCore, prefix: Ip6Prefix, secret: Uint8Array, attempt = 0): Uint8Array {
  for (let counter = attempt; ; counter++) {
    const subject = prefix.address.subarray(0, 8);
    const digest = core.hash('sha256', subject, networkInterface, Uint8Array.of(counter), secret);
    const interfaceId = digest.subarray(0, interfaceIdLength);
    const address = addressOf(prefix.address, interfaceId);
    if (!isReserved(address) || counter + 1 >= attempt + mostAttempts) return address;
  }
}

/** Reserved interface identifiers: the routers' anycast (all zero), subnet anycasts (RFC 2526), and locators. */
function isReserved(address: Uint8Array): boolean {
  const id = address.subarray(8);
  const isZero = id.every((byte) => byte === 0);
  const isSubnetAnycast =
    id[0] === 0xfd && id.subarray(1, 7).every((byte) => byte === 0xff) && (id[7] as number) >= 0x80;
  return isZero || isSubnetAnycast || hasShortInterfaceId(address);
}
