import { SelvageError } from '@selvage/core';
import type { BoardNetwork, MeshAttachment, NetworkOptions } from './board-network.js';
import { NetworkPorts } from './network-ports.js';

/** The network of the kind that the board was made for. @throws SelvageError (rejects) `wrong-state`, and as its radio */
export async function openNetwork(options: NetworkOptions): Promise<BoardNetwork> {
  const { board, own, chosen, air } = options;
  const attachment = board.facts instanceof Map ? (board.facts.get('attachment') as unknown) : undefined;
  if (!isMesh(attachment)) return new NetworkPorts(chosen, own.store);
  if (air === undefined) throw new SelvageError('wrong-state', 'the board has a radio, and was put on no air');
  // A board without a radio has no use for what a mesh takes: it starts without reading it.
  const { MeshPorts } = await import('./mesh-ports.js');
  return MeshPorts.start({ ...options, air, attachment });
}

function isMesh(attachment: unknown): attachment is MeshAttachment {
  return attachment === 'thread' || attachment === 'thread-sleepy' || attachment === 'thread-router';
}
