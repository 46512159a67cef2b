/** Results for people (a table) and for programs (one JSON line a figure). */
import type { Figure, Measured, PeerMeasured, Result } from './figure.js';

/** One line: `{"figure","value","unit","peer","ratio","n","note"}`; `ratio` is the value over the peer's. */
export function jsonLine({ figure, measured, peers }: Result): string {
  const [peer] = peers;
  return JSON.stringify({
    figure: figure.name,
    value: rounded(measured.value),
    unit: figure.unit,
    peer: peer === undefined ? null : { name: peer.name, value: rounded(peer.value) },
    ratio: peer === undefined ? null : rounded(measured.value / peer.value),
    n: measured.n,
    note: noteOf(figure, measured.note, peers),
  });
}

/** Rows with a heading, in columns. */
export function table(results: readonly Result[]): string {
  const heading = ['figure', 'value', 'goal', 'met', 'peer', 'ratio', 'note'];
  const rows = [heading, ...results.map(row)];
  const widths = heading.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function row({ figure, measured, peers }: Result): string[] {
  const [peer] = peers;
  const { unit } = figure;
  const goal = goalOf(figure);
  return [
    figure.name,
    `${rounded(measured.value)} ${unit}`,
    goal?.text ?? '',
    goal === undefined ? '' : isMet(goal, measured, peer) ? 'yes' : 'no',
    peer === undefined ? 'none ran' : `${rounded(peer.value)} ${unit} ${peer.name}`,
    peer === undefined ? '' : `${rounded(measured.value / peer.value)}`,
    noteOf(figure, measured.note, peers),
  ];
}

function isMet(goal: Goal, { value, isWhole = true }: Measured, peer: PeerMeasured | undefined): boolean {
  return isWhole && goal.isMet(value, peer?.value);
}

type Goal = NonNullable<ReturnType<typeof goalOf>>;

/** What a figure ought to reach, in words and as a question; undefined where it is only told. */
function goalOf({ atMost, atMostTimes, atLeast, atLeastTimes, unit }: Figure) {
  if (atMost !== undefined) return { text: `≤ ${atMost} ${unit}`, isMet: (value: number) => value <= atMost };
  if (atLeast !== undefined) return { text: `≥ ${atLeast} ${unit}`, isMet: (value: number) => value >= atLeast };
  if (atMostTimes !== undefined) {
    const isMet = (value: number, peer = 0): boolean => value <= atMostTimes * peer;
    return { text: `≤ ${atMostTimes}x peer`, isMet };
  }
  if (atLeastTimes === undefined) return undefined;
  const isMet = (value: number, peer = Number.POSITIVE_INFINITY): boolean => value >= atLeastTimes * peer;
  return { text: `≥ ${atLeastTimes}x peer`, isMet };
}

/** The work, what is particular about the measurement, and the other peers that ran. */
function noteOf(figure: Figure, note: string | undefined, [, ...others]: readonly PeerMeasured[]): string {
  const otherPeers = others.map(({ name, value }) => `${name} ${rounded(value)} ${figure.unit}`);
  return [figure.work, ...(note === undefined ? [] : [note]), ...otherPeers].join('; ');
}

/** Three significant digits, which is more than the machine repeats. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
