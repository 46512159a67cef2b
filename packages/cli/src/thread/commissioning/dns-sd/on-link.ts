import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Whether an IPv4 or IPv6 address is on a link of this host. @param interfaces as the system tells them */
export function isOnLink(address: string, interfaces = networkInterfaces()): boolean {
  const links = new BlockList();
  for (const { cidr } of Object.values(interfaces).flatMap((addresses) => addresses ?? [])) {
    const [subnet = '', prefix = ''] = cidr?.split('/') ?? [];
    if (isIP(subnet) !== 0) links.addSubnet(subnet, Number(prefix), familyOf(subnet));
  }
  return isIP(address) !== 0 && links.check(address, familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
