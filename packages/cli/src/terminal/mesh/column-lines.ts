import { type DrawnLine, padded, piece } from './drawn-line.js';

const gap = '  ';

/**
 * Lays lines into as many columns as there is need and room for, filled from top to bottom.
 * @returns the lines, and how many found no place
 */
export function columnLines(
  lines: readonly DrawnLine[],
  room: { readonly columns: number; readonly rows: number; readonly least: number },
): { readonly lines: DrawnLine[]; readonly left: number } {
  const most = Math.max(1, Math.floor((room.columns + gap.length) / (room.least + gap.length)));
  const used = Math.min(most, Math.ceil(lines.length / room.rows));
  const width = Math.floor((room.columns - gap.length * (used - 1)) / used);
  const height = Math.min(room.rows, Math.ceil(lines.length / used));
  const rows = Array.from({ length: height }, (_, row) =>
    Array.from({ length: used }, (_, column) => padded(lines[column * height + row] ?? [], width)).flatMap(
      (line, at) => (at === 0 ? line : [piece(gap), ...line]),
    ),
  );
  return { lines: rows, left: Math.max(0, lines.length - height * used) };
}
