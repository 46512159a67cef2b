import type { DatagramPort, Store } from '@selvage/core';
import { chooseInterface, InterfacePort, openGroupPorts, SharedPort, type UdpAddress } from '@selvage/core/node';
import { MeshHost } from '@selvage/device';
import { allOcfNodes } from '@selvage/ocf';
import { step } from '../../ca/step.js';
import type { Surface } from '../../terminal/surface.js';
import type { KnownNetwork } from '../../thread/network/known-network.js';
import { openMeshNode } from '../../thread/network/mesh-node.js';
import { keptPlace } from '../../thread/network/node-place.js';
import { chosenNetwork } from '../network/chosen-network.js';
import type { NetworkChoice } from '../options.js';

/** A port that a device serves at. */
export interface DevicePort extends DatagramPort<UdpAddress> {
  /** Its numbers, address by address. */
  readonly numbers: readonly number[];
  /** Where a peer reaches it; `undefined` for one of a family that is not there. */
  localFor(peer: UdpAddress): UdpAddress | undefined;
}

/** The network that the devices of a process are on. */
export interface DeviceNetwork {
  readonly name: string;
  /** Where that is, for people. */
  readonly where: string;
  /** The ports of the groups, which all devices share. */
  readonly groups: readonly SharedPort<UdpAddress>[];
  /** @param before the numbers that it had, which it gets where they are free */
  open(before?: readonly number[]): Promise<DevicePort>;
  close(): Promise<void>;
}

/** How long a parent is looked for, s. */
const attachTimeout = 30;

/**
 * The network that a person chose, or that of the site that is named.
 * @param store where devices that have a radio keep who they are on their mesh
 * @throws SelvageError (rejects) that names the step.
 */
export async function openDeviceNetwork(
  surface: Surface,
  choice: NetworkChoice & { readonly site?: string },
  store: Store,
): Promise<DeviceNetwork> {
  const known = await chosenNetwork(surface, choice, choice.site);
  return known === undefined ? onInterface(choice.interface) : onMesh(surface, known, store);
}

async function onInterface(wanted: string | undefined): Promise<DeviceNetwork> {
  const chosen = await step('choose the interface', () => chooseInterface(wanted));
  const ports = await step('listen to the groups', () => openGroupPorts(chosen, allOcfNodes));
  return {
    name: chosen.name,
    where: chosen.isLoopback ? 'On the loopback: nothing leaves this host.' : `On ${chosen.name}.`,
    groups: ports.map((port) => new SharedPort(port)),
    open: (before) => InterfacePort.open(chosen, before),
    close: async () => {
      for (const port of ports) port.close();
    },
  };
}

function onMesh(surface: Surface, network: KnownNetwork, store: Store): Promise<DeviceNetwork> {
  const name = network.dataset.name ?? 'the Thread network';
  return step(`attach to ${name}`, async () => {
    const node = await openMeshNode(surface, { network, place: keptPlace(store), timeout: attachTimeout });
    const host = new MeshHost(node.runner);
    const group = new SharedPort(host.openGroup());
    return {
      name,
      where: `On ${name}, by ${node.radio}.`,
      groups: [group],
      open: async (before) => {
        const port = host.open(before?.[0]);
        return {
          maximumPayload: port.maximumPayload,
          numbers: [port.number],
          localFor: () => port.locals[0],
          send: (payload, to) => port.send(payload, to),
          onDatagram: (receiver) => port.onDatagram(receiver),
          close: () => port.close(),
        };
      },
      close: async () => {
        group.close();
        await node.close();
      },
    };
  });
}
