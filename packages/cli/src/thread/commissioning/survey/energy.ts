import { SelvageError } from '@selvage/core';
import type { CommissionerEvent, EnergyScan } from '@selvage/thread';
import type { Report } from '../../../ca/report.js';
import type { Surface } from '../../../terminal/surface.js';
import { count as counted } from '../../../terminal/text.js';
import { commissioning } from '../way-in/commissioning.js';
import type { SurveyOptions } from './options.js';
import { reported } from './reported.js';
import { asking, nodeText, whom } from './whom.js';

/** `thread commissioner energy`. */
export interface EnergyOptions extends SurveyOptions {
  readonly count: number;
  /** Milliseconds. */
  readonly period: number;
  readonly duration: number;
}

type EnergyEvent = Extract<CommissionerEvent, { kind: 'energy' }>;

/** Milliseconds before a node begins, between what it measures, and before it reports; the longest measurement in one part. */
const [before, between, after, part] = [1000, 100, 500, 100] as const;

/**
 * `thread commissioner energy`: has nodes measure how strong what is heard on channels is.
 * @throws SelvageError `timed-out` where none reported
 */
export function energyVerb(surface: Surface, node: string, options: EnergyOptions): Promise<void> {
  return commissioning(surface, options, async (runner, report) => {
    const { channels, count, period, duration: scanDuration, wait } = options;
    const scan = { channels, count, period, scanDuration };
    const to = await whom(runner, node);
    const reports: EnergyEvent[] = [];
    const seconds = Math.ceil(longest(scan) / 1000);
    const all = new Promise<void>((resolve) => {
      runner.onEvent((event) => {
        if (event.kind !== 'energy') return;
        reports.push(event);
        show(report, event);
        if (!to.isGroup) resolve();
      });
    });
    await asking(surface, to, (done) => runner.run((commissioner) => commissioner.scanEnergy(scan, to.address, done)));
    const lines = [`${to.text} will measure ${counted(channels.length, 'channel')}, for up to ${seconds} s`];
    report.tell({ event: 'measuring', data: { to: nodeText(to.address), seconds }, lines });
    await reported(surface, all, longest(scan) + wait * 1000);
    finish(report, reports, surface.interrupted.aborted);
  });
}

/** How long measuring takes, milliseconds: ours do a long measurement in parts, with as much time between them. */
function longest({ channels, count, period, scanDuration }: EnergyScan): number {
  const pauses = (Math.ceil(scanDuration / part) - 1) * between;
  return before + channels.length * count * (scanDuration + pauses + Math.max(period, between)) + after;
}

function show(report: Report, { from, channels, levels }: EnergyEvent): void {
  const measured = channels.map((channel, at) => ({
    channel,
    dBm: levels.filter((_, i) => i % channels.length === at),
  }));
  const lines = measured.map(({ channel, dBm }) => {
    const each = dBm.length > 1 ? `   each time: ${dBm.join(', ')}` : '';
    return `  ${channel}   ${dBm.length === 0 ? 'not measured' : `${Math.max(...dBm)} dBm${each}`}`;
  });
  const data = { from: nodeText(from), channels: measured };
  report.show({ event: 'energy', data, lines: [nodeText(from), ...lines] });
}

function finish(report: Report, reports: readonly EnergyEvent[], isInterrupted: boolean): void {
  if (reports.length === 0 && !isInterrupted) {
    throw new SelvageError('timed-out', 'no node reported in time', {
      remedy: 'wait longer with --wait; sleepy nodes take their time, and some of other makes do not measure at all',
    });
  }
  const quietest = quietestOf(reports);
  const nodes = counted(reports.length, 'node');
  const end = quietest === undefined ? '' : `; the quietest channel: ${quietest.channel}, at most ${quietest.dBm} dBm`;
  report.tell({ event: 'measured', data: { reports: reports.length, quietest }, lines: [`${nodes} reported${end}`] });
}

/** Where the strongest that anybody heard is the least. */
function quietestOf(reports: readonly EnergyEvent[]): { readonly channel: number; readonly dBm: number } | undefined {
  const strongest = new Map<number, number>();
  for (const { channels, levels } of reports) {
    for (const [i, level] of levels.entries()) {
      const channel = channels[i % channels.length] as number;
      strongest.set(channel, Math.max(strongest.get(channel) ?? -Infinity, level));
    }
  }
  const [least] = [...strongest].toSorted(([, a], [, b]) => a - b);
  return least && { channel: least[0], dBm: least[1] };
}
