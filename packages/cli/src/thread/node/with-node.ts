import { addressText, type NodeRunner, shortAddress } from '@selvage/thread';
import { Report } from '../../ca/report.js';
import type { Surface } from '../../terminal/surface.js';
import { type MeshNode, openMeshNode } from '../network/mesh-node.js';
import { type NetworkOf, type NetworkOptions, withNetwork } from '../network/network-of.js';

/** What every verb that takes part in a network has. */
export interface NodeOptions extends NetworkOptions {
  readonly timeout: number;
  readonly sleepy?: boolean;
  readonly json: boolean;
}

/** A child of a network, for as long as a verb works. */
export interface AttachedNode {
  readonly runner: NodeRunner;
  readonly report: Report;
  /** Milliseconds from the first frame to the answer. */
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
  { timeout, sleepy }: NodeOptions,
): Promise<MeshNode> {
  const node = await openMeshNode(surface, {
    network,
    place: await site?.takePlace(),
    timeout,
    sleepy,
    onRadio: (radio) => report.tell({ event: 'radio', data: { radio }, lines: [`radio: ${radio}`] }),
    onSilence: (failures) =>
      report.tell({
        event: 'no-parent',
        data: { failures },
        lines: ['no router answered the Parent Requests; searching on'],
      }),
  });
  const { rloc16 = 0, parent } = node.runner.node;
  const short = addressText(shortAddress(rloc16));
  const router = parent && addressText({ kind: 'extended', extended: parent });
  const milliseconds = Math.round(node.took);
  report.tell({
    event: 'attached',
    data: { rloc16: short, parent: router, milliseconds },
    lines: [
      `attached to ${network.dataset.name ?? 'the network'} as ${short}, child of ${router}, after ${milliseconds} ms`,
    ],
  });
  return node;
}
