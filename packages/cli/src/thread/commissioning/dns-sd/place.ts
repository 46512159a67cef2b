import { isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';
import multicastDns from 'multicast-dns';

/** Where multicast DNS is spoken. */
export interface DnsSdPlace {
  /** The interface, by its IPv4 address; all of them where it is left out. */
  readonly interface: string | undefined;
  readonly port: number;
}

export const usualPort = 5353;
const everyAddress = '0.0.0.0';

/** Reads `192.0.2.7` or `127.0.0.1:15353`, as commander calls it. */
export function dnsSdPlace(text: string): DnsSdPlace {
  const [, address = '', port = String(usualPort)] = /^([\d.]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (isIP(address) === 4 && Number(port) >= 1 && Number(port) <= 0xffff) {
    return { interface: address === everyAddress ? undefined : address, port: Number(port) };
  }
  throw new InvalidArgumentError('Give the IPv4 address of an interface, such as 192.0.2.7.');
}

/** The socket of multicast DNS: what it cannot do is no reason to end anything, as nobody may ever ask. */
export function openMulticast({ interface: address, port }: DnsSdPlace): multicastDns.MulticastDNS {
  const multicast = multicastDns({
    port,
    // What is bound to the interface's own address gets nothing that was sent to the group.
    bind: everyAddress,
    ...(address !== undefined && { interface: address }),
  });
  multicast.on('warning', () => undefined);
  return multicast;
}

/** One record of a response. */
export type DnsAnswer = multicastDns.ResponseOutgoingPacket['answers'][number];
