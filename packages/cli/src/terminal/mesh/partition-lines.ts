import { count, printable } from '../text.js';
import { type DrawnLine, lengthOf, piece, type Piece, say } from './drawn-line.js';
import type { DrawnPartition, MeshPicture } from './mesh-picture.js';
import { childLooks, shortText, treeLines, wireOf } from './tree-lines.js';
import { routerTrees } from './router-tree.js';

/** What the signs mean. */
export const legendLine: DrawnLine = [
  piece('◆', 'accent'),
  piece(' leader  '),
  piece('■', 'accent'),
  piece(' router  '),
  ...Object.values(childLooks).map(({ sign, name }) => piece(`${sign} ${name}  `)),
  piece('link '),
  wireOf(3),
  piece(' '),
  wireOf(2),
  piece(' '),
  wireOf(1),
];

/** The name of the network, and what stands beside it. */
export function headerLine({ name, note, partitions, detached = [] }: MeshPicture, columns: number): DrawnLine {
  const routers = partitions.reduce((sum, { routers: some }) => sum + some.length, 0);
  const children = partitions.reduce((sum, partition) => sum + childCount(partition), 0);
  const parts = [
    ...(partitions.length > 1 ? [count(partitions.length, 'partition')] : []),
    count(routers, 'router'),
    count(children, 'child').replace('childs', 'children'),
    ...(detached.length > 0 ? [`${detached.length} detached`] : []),
  ];
  const start: Piece[] = [piece(printable(name ?? 'the mesh'), 'bold'), piece(`  ${parts.join(' · ')}`)];
  if (note === undefined) return start;
  const room = columns - lengthOf(start) - note.length;
  return [...start, piece(' '.repeat(Math.max(room, 2))), piece(printable(note), 'dim')];
}

/** Every partition, the largest first, and who is in none. */
export function partitionLines(
  { partitions, detached = [] }: MeshPicture,
  options: { readonly listsChildren: boolean },
): DrawnLine[] {
  const ordered = [...partitions].sort((a, b) => sizeOf(b) - sizeOf(a) || (a.id ?? 0) - (b.id ?? 0));
  const lines = ordered.flatMap((partition) => {
    const trees = routerTrees(partition.routers).flatMap((tree) => treeLines(tree, options));
    return partitions.length > 1 || partition.id !== undefined ? [partitionHead(partition), ...trees] : trees;
  });
  if (detached.length === 0) return lines;
  return [...lines, [piece('detached: ', 'bad'), piece(detached.map(printable).join(', '))]];
}

function partitionHead(partition: DrawnPartition): DrawnLine {
  const { id, routers } = partition;
  const leader = routers.find(({ isLeader }) => isLeader);
  const name = id === undefined ? 'partition' : `partition ${id.toString(16).padStart(8, '0')}`;
  return say(`${name}  ${leader === undefined ? 'no leader answered' : `leader ${shortText(leader.rloc16)}`}`, 'dim');
}

function sizeOf(partition: DrawnPartition): number {
  return partition.routers.length + childCount(partition);
}

function childCount({ routers }: DrawnPartition): number {
  return routers.reduce((sum, { children }) => sum + children.length, 0);
}
