import { concat } from '../bytes/concat.js';
import { SelvageError } from '../errors/error.js';

const mappedPrefix = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);

/**
 * The 4 or 16 bytes of an IPv4 or IPv6 address; the zone of a link-local one (`%eth0`) is left out.
 * @throws SelvageError `address-invalid` for any other text.
 */
export function ipAddressBytes(text: string): Uint8Array {
  const address = text.replace(/%.*$/, '');
  const bytes = address.includes(':') ? ipv6Bytes(address) : ipv4Bytes(address);
  if (bytes !== undefined) return bytes;
  throw new SelvageError('address-invalid', `${text} is no IP address`);
}

/** An address in 16 bytes: an IPv4 one as IPv4-mapped (RFC 4291 §2.5.5.2). */
export function asIpv6(address: Uint8Array): Uint8Array {
  return address.length === 16 ? address : concat(mappedPrefix, address);
}

function ipv4Bytes(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  const isAddress = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
  return isAddress ? Uint8Array.from(parts, Number) : undefined;
}

/** RFC 4291 §2.2: groups of hexadecimal, one run of zero groups as `::`, the last two perhaps as IPv4. */
function ipv6Bytes(text: string): Uint8Array | undefined {
  const [head = '', tail, ...more] = text.split('::');
  const front = groups(head);
  const back = tail === undefined ? new Uint8Array(0) : groups(tail);
  if (more.length > 0 || front === undefined || back === undefined) return undefined;
  const zeros = 16 - front.length - back.length;
  if (tail === undefined ? zeros !== 0 : zeros < 2) return undefined;
  return concat(front, new Uint8Array(zeros), back);
}

function groups(text: string): Uint8Array | undefined {
  if (text === '') return new Uint8Array(0);
  const parts = text.split(':');
  const bytes = parts.map((part, index) => {
    if (/^[0-9a-fA-F]{1,4}$/.test(part))
      return Uint8Array.of(Number.parseInt(part, 16) >>> 8, Number.parseInt(part, 16));
    return index === parts.length - 1 ? ipv4Bytes(part) : undefined;
  });
  return bytes.every((part) => part !== undefined) ? concat(...bytes) : undefined;
}
