import { clip, wrap } from './text.js';

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** What it may be clipped to where the line is too short for all; it is never clipped without it. */
  readonly least?: number;
  readonly align?: 'left' | 'right';
}

const gap = 2;
/** What a column whose text goes on below gets at least. */
const leastWrapped = 16;

/**
 * Rows under titles, in lines of at most `width` characters where clipping what may be clipped gets there; the widest
 * columns give first. A row has one line.
 */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const widths = fittingWidths(columns, rows, width);
  return [columns.map(({ title }) => title), ...rows].map((cells) => lineOf(columns, widths, cells).trimEnd());
}

/** The same with a last column that is wrapped, and not clipped. A row has as many lines as that needs. */
export function wrappedTableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const fixed = columns.slice(0, -1);
  const longest = Math.max(0, ...rows.map((cells) => cells[fixed.length]?.length ?? 0));
  const last = Math.max(columns.at(-1)?.title.length ?? 0, Math.min(longest, leastWrapped));
  const widths = fittingWidths(fixed, rows, width - gap - last);
  const room = width - widths.reduce((sum, one) => sum + one + gap, 0);
  return [columns.map(({ title }) => title), ...rows].flatMap((cells) => {
    const head = lineOf(fixed, widths, cells) + ' '.repeat(gap);
    const [first = '', ...more] = wrap(cells[fixed.length] ?? '', room);
    return [`${head}${first}`.trimEnd(), ...more.map((line) => ' '.repeat(head.length) + line)];
  });
}

function lineOf(columns: readonly Column[], widths: readonly number[], cells: readonly string[]): string {
  return columns.map((column, at) => cell(cells[at] ?? '', widths[at] as number, column)).join(' '.repeat(gap));
}

function cell(text: string, width: number, { align = 'left' }: Column): string {
  const clipped = clip(text, width);
  return align === 'right' ? clipped.padStart(width) : clipped.padEnd(width);
}

function fittingWidths(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number[] {
  const widths = columns.map(({ title }, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)));
  const total = (): number => widths.reduce((sum, one) => sum + one, gap * (columns.length - 1));
  while (total() > width) {
    const slack = columns.map(({ title, least }, at) => slackOf(widths[at] as number, least, title));
    const most = Math.max(...slack);
    if (most <= 0) break;
    const widest = slack.indexOf(most);
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
}

/** What a column can still give. */
function slackOf(width: number, least: number | undefined, title: string): number {
  return least === undefined ? 0 : width - Math.max(least, title.length);
}
