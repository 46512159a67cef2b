import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { SelvageError } from '@selvage/core';
import { type UdpAddress, udpAddress } from '@selvage/core/node';

/** The port of CoAP over DTLS (RFC 7252 §12.7), which is what DTLS is mostly used for here. */
export const usualPort = 5684;

/** A host and a port as a person writes them. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `host:port`, `host`, `[v6]:port` or `v6`; without a port 5684.
 * @throws SelvageError `address-invalid`.
 */
export function parseHostAndPort(text: string): HostAndPort {
  if (isIP(text) === 6) return { host: text, port: usualPort };
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const port = match?.[3] === undefined ? usualPort : Number(match[3]);
  const host = match?.[1] ?? match?.[2];
  if (host !== undefined && port <= 65_535) return { host, port };
  throw new SelvageError('address-invalid', `${text} is no address`, {
    remedy: 'write it as name:5684, 192.0.2.7:5684 or [2001:db8::7]:5684',
  });
}

/**
 * The address of a host, by name where it is not numeric; an IPv4 one where a name has both.
 * @throws SelvageError `address-invalid` when the name is not known, or for port 0.
 */
export async function resolveAddress({ host, port }: HostAndPort): Promise<UdpAddress> {
  if (isIP(host.replace(/%.*$/, '')) !== 0) return udpAddress(host, port);
  try {
    const { address } = await lookup(host, { verbatim: false });
    return udpAddress(address, port);
  } catch (cause) {
    if (cause instanceof SelvageError) throw cause;
    throw new SelvageError('address-invalid', `the name ${host} is not known`, {
      cause,
      remedy: 'check its spelling and the name server, or give the numeric address',
    });
  }
}
