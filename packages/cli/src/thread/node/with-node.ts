import { addressText, type NodeRunner, shortAddress } from '@selvage/thread';
import { Report, type Telling } from '../../ca/report.js';
import type { Surface } from '../../terminal/surface.js';
import { type MeshNode, openMeshNode } from '../network/mesh-node.js';
import { type NetworkOf, type NetworkOptions, withNetwork } from '../network/network-of.js';

/** What every verb that takes part in a network has. */
export interface NodeOptions extends NetworkOptions {
  readonly timeout: number;
  readonly sleepy?: boolean;
  /** A full device, which becomes a router where the mesh needs one. */
  readonly router?: boolean;
  /** Whether a full device stays an end device. */
  readonly staysEndDevice?: boolean;
  /** Forms the network instead of looking for it. */
  readonly form?: boolean;
  readonly json: boolean;
}

/** A node of a network, for as long as a verb works. */
export interface AttachedNode {
  readonly runner: NodeRunner;
  readonly report: Report;
  /** Milliseconds from the first frame to its place. */
  readonly took: number;
}

/**
 * Attaches to a network, lets `work` use the node, and leaves: to that of a dataset as a guest with an identity of its own, or
 * else to that of a site, where it is who such commands were before.
 * @throws SelvageError `timed-out` that names the step that was not done; of the dataset, the site, the radio or the work
 */
export async function withNode(
  surface: Surface,
  dataset: string | undefined,
  options: NodeOptions,
  work: (node: AttachedNode) => Promise<void>,
): Promise<void> {
  const report = new Report(surface, options.json);
  const node = await withNetwork(surface, dataset, options, (of) => openTold(surface, report, of, options));
  const { runner, took } = node;
  try {
    await work({ runner, report, took });
  } finally {
    await node.close();
  }
}

/** Opens a node, and says what there is to say of it. */
async function openTold(
  surface: Surface,
  report: Report,
  { network, site }: NetworkOf,
  { timeout, sleepy, router, staysEndDevice, form }: NodeOptions,
): Promise<MeshNode> {
  const node = await openMeshNode(surface, {
    network,
    place: await site?.takePlace(),
    timeout,
    sleepy,
    full: router,
    staysEndDevice,
    forms: form,
    onRadio: (radio) => report.tell({ event: 'radio', data: { radio }, lines: [`radio: ${radio}`] }),
    onSilence: (failures) =>
      report.tell({
        event: 'no-parent',
        data: { failures },
        lines: ['no router answered the Parent Requests; searching on'],
      }),
  });
  report.tell(placeTaken(node.runner, network.dataset.name ?? 'the network', Math.round(node.took)));
  return node;
}

function placeTaken({ node }: NodeRunner, network: string, milliseconds: number): Telling {
  const { rloc16 = 0, parent, role, status } = node;
  const short = addressText(shortAddress(rloc16));
  if (parent === undefined) {
    const partition = (status.partition?.partitionId ?? 0).toString(16).padStart(8, '0');
    const lines = [`${role} of ${network} as ${short}, partition ${partition}`];
    return { event: 'formed', data: { role, rloc16: short, partition, milliseconds }, lines };
  }
  const router = addressText({ kind: 'extended', extended: parent });
  const lines = [`attached to ${network} as ${short}, child of ${router}, after ${milliseconds} ms`];
  return { event: 'attached', data: { rloc16: short, parent: router, milliseconds }, lines };
}
