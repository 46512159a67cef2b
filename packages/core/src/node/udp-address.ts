import { SocketAddress, isIP } from 'node:net';
import { SelvageError } from '../errors/error.js';
import type { PeerAddress } from '../ports.js';

/** An IP address and UDP port. */
export interface UdpAddress extends PeerAddress {
  /** In canonical text, with the zone of a link-local IPv6 address, such as `fe80::1%eth0`. */
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
}

/**
 * The address of a UDP peer. IPv6 text is made canonical (RFC 5952), so that equal addresses have equal keys.
 * @throws SelvageError `address-invalid` for a host name, another text or a port that is not 1 to 65535.
 */
export function udpAddress(address: string, port: number): UdpAddress {
  const family = isIP(address);
  if (family === 0 || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new SelvageError('address-invalid', `${address} port ${port} is no UDP address`, {
      remedy: 'Give an IPv4 or IPv6 address and a port from 1 to 65535.',
    });
  }
  return family === 4 ? fromSocket(address, port, 4) : fromSocket(canonicalIPv6(address), port, 6);
}

/**
 * Reads `127.0.0.1:5684` or `[fe80::1%eth0]:5684`.
 * @throws SelvageError `address-invalid`.
 */
export function parseUdpAddress(text: string): UdpAddress {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  if (match === null) {
    throw new SelvageError('address-invalid', `${text} is no UDP address`, {
      remedy: 'Write it as 127.0.0.1:5684 or [::1]:5684.',
    });
  }
  return udpAddress((match[1] ?? match[2]) as string, Number(match[3]));
}

/** An address as the operating system reports it, which is canonical already. */
export function fromSocket(address: string, port: number, family: 4 | 6): UdpAddress {
  return { key: family === 4 ? `${address}:${port}` : `[${address}]:${port}`, address, port, family };
}

function canonicalIPv6(text: string): string {
  const [address = '', zone] = text.split('%');
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  return zone === undefined ? canonical : `${canonical}%${zone}`;
}
