import { addressResolver } from '@selvage/core/node';
import { MeshHost } from '@selvage/device';
import type { Surface } from '../../terminal/surface.js';
import type { KnownNetwork } from '../../thread/network/known-network.js';
import { openMeshNode } from '../../thread/network/mesh-node.js';
import type { NodePlace } from '../../thread/network/node-place.js';
import type { ClientNetwork } from './client-network.js';

/** A handshake with a sleepy device takes a poll for each of its flights, ms. */
const firstTry = 5000;
/** How long a parent is looked for, s. */
const attachTimeout = 30;

/**
 * A Thread network, as a node of it.
 * @param place where the node is who it was before
 * @throws SelvageError (rejects) as {@link openMeshNode}
 */
export async function openMeshNetwork(
  surface: Surface,
  network: KnownNetwork,
  place: NodePlace | undefined,
): Promise<ClientNetwork> {
  const node = await openMeshNode(surface, { network, place, timeout: attachTimeout });
  return meshNetwork(new MeshHost(node.runner), network.dataset.name ?? 'the Thread network', () => node.close());
}

/** The network that a node of this process is on. */
export function meshNetwork(host: MeshHost, name: string, close: () => Promise<void>): ClientNetwork {
  return {
    ports: {
      plain: host.open(),
      secured: host.open(),
      groups: [host.group],
      // A multicast on the air is acknowledged by nobody.
      asks: 2,
      resolve: addressResolver(host.facts),
    },
    name,
    advice: 'See that they are powered and on this mesh: selvage thread status shows whether it is there.',
    firstTry,
    patience: 10_000,
    close,
  };
}
