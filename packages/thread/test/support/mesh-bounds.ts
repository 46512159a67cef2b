import { encode } from '@selvage/core';
import { networkData } from '../../src/netdata/network-data.js';
import type { MeshNode } from './mesh-world.js';

/** How much a node keeps, and the most that it may. */
export function loadOf({ runner }: MeshNode): Readonly<Record<string, readonly [is: number, most: number]>> {
  const { node } = runner;
  const { adaptation, traffic, link, status, mleState } = node;
  const { known, queries, missing } = traffic.resolver.load;
  const { seen, waiting } = traffic.multicast.load;
  return {
    routers: [[...(node.routes?.routers ?? [])].length, 32],
    children: [status.children, 64],
    neighbours: [[...link.neighbours].length, 64 + 32 + 1],
    'MLE neighbours': [mleState.length, 64 + 32 + 1],
    'frames to send': [link.backlog, 128],
    'unfinished datagrams': [adaptation.load.datagrams, 12],
    'known addresses': [known, 256],
    'address queries': [queries, 8],
    'missing addresses': [missing, 32],
    'multicasts seen': [seen, 35],
    'multicasts waiting': [waiting, 16],
    'bytes of network data': [encode(networkData, node.networkData).length, 255],
  };
}

/** What of a node is more than it may be. */
export function overgrown(node: MeshNode): string[] {
  return Object.entries(loadOf(node)).flatMap(([what, [is, most]]) =>
    is > most ? [`${node.name}: ${is} ${what}`] : [],
  );
}
