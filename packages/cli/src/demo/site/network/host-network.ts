import { type ChosenInterface, groupAddresses, InterfacePort } from '@selvage/core/node';
import { allOcfNodes } from '@selvage/ocf';
import { openInterfaceNetwork } from '../../../ocf/network/interface-network.js';
import type { ShowNetwork } from './show-network.js';

/** Others of the network may answer later, and need not, ms. */
const listenFor = 600;

/** A network that this host has. */
export function hostNetwork(chosen: ChosenInterface, wanted: string | undefined): ShowNetwork {
  return {
    crosses: chosen.isLoopback
      ? 'crosses UDP on 127.0.0.1, as it would cross a building; nothing leaves this host.'
      : `crosses UDP on ${chosen.name}.`,
    wanted,
    groups: groupAddresses(chosen, allOcfNodes),
    listenFor,
    mesh: undefined,
    known: undefined,
    places: [],
    look: undefined,
    client: () => openInterfaceNetwork(chosen),
    port: () => InterfacePort.open(chosen),
    close: () => Promise.resolve(),
  };
}
