import { allOcfNodes } from '@selvage/ocf';
import {
  addressResolver,
  type ChosenInterface,
  groupAddresses,
  InterfacePort,
  otherInterfaces,
} from '@selvage/core/node';
import type { ClientNetwork } from './client-network.js';

const firstTry = 1500;

/** A network that this host has. @throws SelvageError as {@link InterfacePort.open}. */
export async function openInterfaceNetwork(chosen: ChosenInterface): Promise<ClientNetwork> {
  const plain = await InterfacePort.open(chosen);
  try {
    const secured = await InterfacePort.open(chosen);
    return {
      ports: { plain, secured, groups: groupAddresses(chosen, allOcfNodes), resolve: addressResolver(chosen) },
      name: chosen.name,
      advice: chosen.isLoopback
        ? `The loopback has only what runs on this host (selvage device run); --interface looks elsewhere: ${otherInterfaces()}.`
        : 'See that they are powered and on this network, and that no firewall keeps UDP port 5683 from them.',
      firstTry,
      patience: 3000,
      close: () => Promise.resolve(),
    };
  } catch (error) {
    plain.close();
    throw error;
  }
}
