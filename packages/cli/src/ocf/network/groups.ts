import { type UdpAddress, udpAddress, UdpPort } from '@selvage/core/node';
import type { ChosenInterface, LocalAddress } from './interface.js';

/** Every OCF device listens to these: in IPv6 on the link, in the realm and in the site. */
const [groupOfIpv4, groupsOfIpv6] = ['224.0.1.187', ['ff02::158', 'ff03::158', 'ff05::158']] as const;

/** Where to ask all devices that an interface reaches. */
export function groupAddresses(chosen: ChosenInterface): UdpAddress[] {
  return memberships(chosen).map(({ zoned }) => udpAddress(zoned, chosen.groupPort));
}

/**
 * Ports that receive what is sent to the groups, beside those of other processes.
 * @throws SelvageError `address-in-use`, `access-denied`, `port-failed`.
 */
export async function openGroupPorts(chosen: ChosenInterface): Promise<UdpPort[]> {
  const ports: UdpPort[] = [];
  try {
    for (const { group, zoned, own } of memberships(chosen)) {
      ports.push(
        await UdpPort.bind({
          address: zoned,
          port: chosen.groupPort,
          reuseAddress: true,
          groups: [group],
          multicastInterface: own.groupInterface,
        }),
      );
    }
  } catch (error) {
    for (const port of ports) port.close();
    throw error;
  }
  return ports;
}

interface Membership {
  readonly group: string;
  /** With the zone that tells links apart. */
  readonly zoned: string;
  readonly own: LocalAddress;
}

function memberships({ name, addresses }: ChosenInterface): Membership[] {
  const ipv4 = addresses.find(({ reach }) => reach === 'ipv4');
  const ipv6 = addresses.find(({ reach }) => reach !== 'ipv4');
  return [
    ...(ipv4 === undefined ? [] : [{ group: groupOfIpv4, zoned: groupOfIpv4, own: ipv4 }]),
    ...(ipv6 === undefined ? [] : groupsOfIpv6.map((group) => ({ group, zoned: `${group}%${name}`, own: ipv6 }))),
  ];
}
