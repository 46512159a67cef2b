import { rloc16Text } from '../../../board/values-text.js';
import type { MeshRow } from '../events.js';
import { roster } from '../roster.js';
import type { Stage } from '../stage.js';

/** What the boards are in their mesh, where they are on one. */
export function tellMesh({ screen, expectations, devices, network }: Stage): void {
  if (network.mesh === undefined) return;
  const { border, dataset } = network.mesh;
  const told = devices.heard('mesh').filter(({ role }) => role === 'child');
  const nodes = roster.flatMap(({ name }): MeshRow[] => {
    const place = told.find((news) => news.name === name);
    return place?.rloc16 === undefined ? [] : [{ ...place, name, rloc16: place.rloc16 }];
  });
  screen.tell({ event: 'mesh', border, nodes });
  screen.tell({
    event: 'fact',
    label: 'network',
    text: `${dataset.name ?? ''} on channel ${border.channel}, led by the border node ${rloc16Text(border.rloc16)},
      which speaks by ${border.radio}; its key was put into the vault of each board where it was made`,
  });
  expectations.observe('all eight are children of the border node', areChildren(nodes, border.rloc16));
  expectations.observe(
    'some of them sleep, and hear what their parent kept for them',
    nodes.some(({ sleepy }) => sleepy),
  );
}

/** The short address of a child is its parent's, with a number of its own (Thread 1.3 §5.9.3). */
function areChildren(nodes: readonly MeshRow[], parent: number): boolean {
  const shorts = new Set(nodes.map(({ rloc16 }) => rloc16));
  const isChild = (rloc16: number): boolean => rloc16 >> 10 === parent >> 10 && rloc16 !== parent;
  return nodes.length === roster.length && shorts.size === roster.length && [...shorts].every(isChild);
}
