import { type UdpAddress, udpAddress } from '../udp-address.js';
import { UdpPort } from '../udp-port.js';
import type { ChosenInterface, LocalAddress } from './interface.js';

/** The multicast addresses that mean one set of nodes, such as all devices of a kind, in each family. */
export interface GroupSet {
  readonly ipv4: string;
  /** One a scope, such as the link and the site. */
  readonly ipv6: readonly string[];
}

/** Where to ask all nodes of a set that an interface reaches. */
export function groupAddresses(chosen: ChosenInterface, set: GroupSet): UdpAddress[] {
  return memberships(chosen, set).map(({ zoned }) => udpAddress(zoned, chosen.groupPort));
}

/**
 * Ports that receive what is sent to the groups, beside those of other processes.
 * @throws SelvageError `address-in-use`, `access-denied`, `port-failed`.
 */
export async function openGroupPorts(chosen: ChosenInterface, set: GroupSet): Promise<UdpPort[]> {
  const ports: UdpPort[] = [];
  try {
    for (const { group, zoned, own } of memberships(chosen, set)) {
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

function memberships({ name, addresses }: ChosenInterface, set: GroupSet): Membership[] {
  const ipv4 = addresses.find(({ reach }) => reach === 'ipv4');
  const ipv6 = addresses.find(({ reach }) => reach !== 'ipv4');
  return [
    ...(ipv4 === undefined ? [] : [{ group: set.ipv4, zoned: set.ipv4, own: ipv4 }]),
    ...(ipv6 === undefined ? [] : set.ipv6.map((group) => ({ group, zoned: `${group}%${name}`, own: ipv6 }))),
  ];
}
