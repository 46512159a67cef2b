import type { Style } from '../style.js';
import { columnLines } from './column-lines.js';
import { clipped, type DrawnLine, paint, say } from './drawn-line.js';
import type { MeshPicture } from './mesh-picture.js';
import { headerLine, legendLine, partitionLines } from './partition-lines.js';

/** Where a mesh is drawn. */
export interface Canvas {
  /** Characters in a line. */
  readonly columns: number;
  /** Lines that there is room for; undefined where it does not matter. */
  readonly rows?: number | undefined;
  /** Whether the signs are explained where there is room; they are where it is left out. */
  readonly legend?: boolean | undefined;
  readonly style: Style;
}

/** What a tree of routers needs at least to be read where several stand side by side. */
const leastColumn = 38;

/**
 * Draws a mesh: for each partition the tree by which its routers reach the leader at least cost, with the quality of each
 * link, the children under their parents, and beside a router the links that the tree does not need. Where there is less
 * room the legend goes first, then children are counted instead of listed, then the tree is laid into columns, and what
 * is still left over is counted in the last line.
 *
 * @returns lines of at most `columns` characters (escape sequences of the style not counted), at most `rows` of them
 */
export function drawMesh(picture: MeshPicture, { columns, rows = Infinity, legend = true, style }: Canvas): string[] {
  const lines = fitting(picture, { columns, rows, legend });
  return lines.map((line) => paint(clipped(line, columns), style));
}

function fitting(
  picture: MeshPicture,
  { columns, rows, legend }: Record<'columns' | 'rows', number> & { readonly legend: boolean },
): DrawnLine[] {
  const listed = [headerLine(picture, columns), ...partitionLines(picture, { listsChildren: true })];
  const withLegend = legend ? [...listed, [], legendLine] : listed;
  if (withLegend.length <= rows) return withLegend;
  if (listed.length <= rows) return listed;
  const [header = [], ...folded] = [headerLine(picture, columns), ...partitionLines(picture, { listsChildren: false })];
  const room = Math.max(rows - 1, 1);
  if (folded.length <= room) return [header, ...folded];
  const inColumns = columnLines(folded, { columns, rows: room, least: leastColumn });
  if (inColumns.lines.length < rows && inColumns.left === 0) return [header, ...inColumns.lines];
  const cut = columnLines(folded, { columns, rows: Math.max(room - 1, 1), least: leastColumn });
  return [header, ...cut.lines, say(`… and ${cut.left} more lines: a larger window shows them`, 'dim')];
}
