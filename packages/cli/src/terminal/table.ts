import { clip } from './text.js';

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** What it may be clipped to where the line is too short for all; it is never clipped without it. */
  readonly least?: number;
  readonly align?: 'left' | 'right';
}

const gap = 2;

/**
 * Rows under titles, in lines of at most `width` characters where clipping what may be clipped gets there; the widest
 * columns give first.
 */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const widths = fittingWidths(columns, rows, width);
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, at) => cell(cells[at] ?? '', widths[at] as number, column))
      .join(' '.repeat(gap))
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}

function cell(text: string, width: number, { align = 'left' }: Column): string {
  const clipped = clip(text, width);
  return align === 'right' ? clipped.padStart(width) : clipped.padEnd(width);
}

function fittingWidths(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number[] {
  const widths = columns.map(({ title }, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)));
  const total = (): number => widths.reduce((sum, one) => sum + one, gap * (columns.length - 1));
  while (total() > width) {
    const slack = columns.map(({ title, least }, at) => widthAbove(widths[at] as number, least, title));
    const most = Math.max(...slack);
    if (most <= 0) break;
    const widest = slack.indexOf(most);
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
}

/** What a column can still give. */
function widthAbove(width: number, least: number | undefined, title: string): number {
  return least === undefined ? 0 : width - Math.max(least, title.length);
}
