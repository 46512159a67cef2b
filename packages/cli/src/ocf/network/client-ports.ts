import { allOcfNodes } from '@selvage/ocf';
import type { DatagramPort } from '@selvage/core';
import {
  addressResolver,
  type ChosenInterface,
  groupAddresses,
  InterfacePort,
  type UdpAddress,
} from '@selvage/core/node';

/** What an OCF client has of the network: two ports, where to ask all devices, and how to read their addresses. */
export interface ClientPorts {
  readonly plain: DatagramPort<UdpAddress>;
  readonly secured: DatagramPort<UdpAddress>;
  readonly groups: readonly UdpAddress[];
  readonly resolve: ReturnType<typeof addressResolver>;
}

/** @throws SelvageError as {@link InterfacePort.open}. */
export async function openClientPorts(chosen: ChosenInterface): Promise<ClientPorts> {
  const plain = await InterfacePort.open(chosen);
  try {
    const secured = await InterfacePort.open(chosen);
    return { plain, secured, groups: groupAddresses(chosen, allOcfNodes), resolve: addressResolver(chosen) };
  } catch (error) {
    plain.close();
    throw error;
  }
}
