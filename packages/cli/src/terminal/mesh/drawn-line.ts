import type { Style } from '../style.js';

/** A piece of a line in one way of writing. */
export interface Piece {
  readonly text: string;
  readonly look: keyof Style | undefined;
}

/** A line whose colours are not there yet, so that it can be measured and cut. */
export type DrawnLine = readonly Piece[];

export function piece(text: string, look?: keyof Style): Piece {
  return { text, look };
}

/** A line of one piece. */
export function say(text: string, look?: keyof Style): DrawnLine {
  return [piece(text, look)];
}

export function lengthOf(line: DrawnLine): number {
  return line.reduce((sum, { text }) => sum + text.length, 0);
}

/** Cuts a line to `width` characters, with an ellipsis where something is missing. */
export function clipped(line: DrawnLine, width: number): DrawnLine {
  if (lengthOf(line) <= width) return line;
  const kept: Piece[] = [];
  let room = width - 1;
  for (const { text, look } of line) {
    if (room <= 0) break;
    kept.push({ text: text.slice(0, room), look });
    room -= text.length;
  }
  return width < 1 ? [] : [...kept, piece('…', 'dim')];
}

/** The same, filled with spaces up to `width`. */
export function padded(line: DrawnLine, width: number): DrawnLine {
  const cut = clipped(line, width);
  return [...cut, piece(' '.repeat(Math.max(width - lengthOf(cut), 0)))];
}

/** The line as it is written. */
export function paint(line: DrawnLine, style: Style): string {
  const end = line.findLastIndex(({ text }) => text.trim() !== '');
  return line
    .slice(0, end + 1)
    .map(({ text, look }, at) => {
      const shown = at === end ? text.trimEnd() : text;
      return look === undefined ? shown : style[look](shown);
    })
    .join('');
}
