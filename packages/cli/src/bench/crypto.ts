import { SelvageError } from '@selvage/core';
import { nativeCore, portableCore } from '@selvage/crypto';
import type { Report } from '../ca/report.js';
import { step } from '../ca/step.js';
import type { Surface } from '../terminal/surface.js';
import { wrappedTableLines } from '../terminal/table.js';
import { hang } from '../terminal/text.js';
import { bootWork } from './boot-work.js';
import { handshakeWork } from './handshake-work.js';
import { type Measured, sideBySide } from './measure.js';
import { ownershipWork } from './ownership-work.js';
import type { Work } from './work.js';

export interface BenchOptions {
  /** Seconds for all works together, about. */
  readonly seconds: number;
  readonly json: boolean;
}

/** One line of what was measured. */
interface Row {
  readonly work: Work;
  readonly native: Measured;
  readonly portable: Measured;
}

const works: readonly Work[] = [bootWork, handshakeWork, ownershipWork];
const mostRounds = 200;
const usualWidth = 80;

/** `bench crypto`. @throws SelvageError `cancelled` where somebody ended it. */
export async function benchCrypto(surface: Surface, report: Report, { seconds, json }: BenchOptions): Promise<void> {
  const bounds = { time: (seconds * 1000) / works.length, rounds: mostRounds };
  const stopped = (): boolean => surface.interrupted.aborted;
  const rows: Row[] = [];
  for (const work of works) {
    const row = await step(`measure ${work.name}`, async () => {
      const sides = [await work.prepare(nativeCore), await work.prepare(portableCore)] as const;
      const [native, portable] = await sideBySide(sides, bounds, stopped);
      if (native.rounds === 0 || portable.rounds === 0) throw new SelvageError('cancelled', 'it was ended before');
      return { work, native, portable };
    });
    rows.push(row);
    if (json) report.show({ event: 'work', data: dataOf(row), lines: [] });
  }
  if (!json)
    report.show({ event: 'bench', data: {}, lines: linesOf(rows, (surface.stdout.columns ?? usualWidth) - 1) });
}

function dataOf({ work, native, portable }: Row): object {
  return {
    work: work.name,
    what: work.what,
    native: native.milliseconds,
    portable: portable.milliseconds,
    times: timesOf({ work, native, portable }),
    rounds: native.rounds,
  };
}

function linesOf(rows: readonly Row[], width: number): string[] {
  const columns = [
    { title: 'work' },
    { title: 'native', align: 'right' },
    { title: 'portable', align: 'right' },
    { title: 'times', align: 'right' },
    { title: 'rounds', align: 'right' },
    { title: 'what is done' },
  ] as const;
  const cells = rows.map((row) => [
    row.work.name,
    `${row.native.milliseconds.toPrecision(3)} ms`,
    `${row.portable.milliseconds.toPrecision(3)} ms`,
    `${timesOf(row).toFixed(1)}x`,
    String(row.native.rounds),
    row.work.what,
  ]);
  return [...wrappedTableLines(columns, cells, width), '', ...hang('', explanation(rows), width)];
}

function explanation(rows: readonly Row[]): string {
  const least = Math.min(...rows.map(timesOf));
  const most = Math.max(...rows.map(timesOf));
  const range = least.toFixed(1) === most.toFixed(1) ? least.toFixed(1) : `${least.toFixed(1)} to ${most.toFixed(1)}`;
  return (
    `The same code on both engines of the one cryptographic core: OpenSSL, with the processor's instructions, and ` +
    `JavaScript alone. Acceleration makes it ${range} times faster. CPU time, median of the rounds; nothing waits for ` +
    'a network or a disk.'
  );
}

function timesOf({ native, portable }: Row): number {
  return portable.milliseconds / native.milliseconds;
}
