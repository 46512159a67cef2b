import { SelvageError } from '@selvage/core';
import { Dataset } from '@selvage/thread';
import { Report } from '../../../ca/report.js';
import type { Surface } from '../../../terminal/surface.js';
import { changesFrom } from '../../dataset/fields.js';
import { readDataset } from '../../dataset/input.js';
import { handOut, kindOf, type Warning } from '../../dataset/tell.js';
import { asked } from '../way-in/asked.js';
import { commissioning } from '../way-in/commissioning.js';
import type { WayInOptions } from '../way-in/options.js';
import { withAccess } from '../way-in/with-access.js';
import { drawNetworkKey } from './draw-network-key.js';
import { datasetPaths, giveDataset, scheduleChange } from './schedule-change.js';

/** `thread dataset get`. */
export interface GetOptions extends WayInOptions {
  readonly pending?: boolean;
}

/** `thread dataset rotate-key`. */
export interface RotateOptions extends WayInOptions {
  /** Seconds. */
  readonly delay: number;
}

/** `thread dataset migrate`. */
export interface MigrateOptions extends RotateOptions {
  readonly channel?: number;
  readonly channels?: readonly number[];
  readonly pan?: number;
  readonly prefix?: string;
  readonly rename?: string;
}

/** `thread dataset get`: the dataset that is in force in a network, or the one that will be. */
export function getVerb(surface: Surface, options: GetOptions): Promise<void> {
  const report = new Report(surface, options.json);
  return withAccess(surface, report, options, async ({ access }) => {
    const { get } = datasetPaths[options.pending === true ? 'pending' : 'active'];
    const dataset = Dataset.decode(await asked(access, get));
    if (dataset.encode().length === 0) {
      throw new SelvageError('request-refused', 'no dataset is pending in this network');
    }
    handOut(surface, dataset, dataset.get('networkKey') === undefined ? [withoutKey] : [], options.json);
  });
}

/** `thread dataset apply`: gives a network a dataset: at once, or when its delay is over. */
export async function applyVerb(surface: Surface, argument: string, options: WayInOptions): Promise<void> {
  const dataset = await readDataset(surface, argument);
  await commissioning(surface, options, async (runner, report) => {
    await giveDataset(runner, dataset);
    report.tell({ event: 'applied', data: { kind: kindOf(dataset) }, lines: [appliedLine(dataset)] });
  });
}

/** `thread dataset rotate-key`: gives the network another network key, for all that are in it by then. */
export function rotateNetworkKeyVerb(surface: Surface, options: RotateOptions): Promise<void> {
  return changed(surface, options, () => ({ networkKey: drawNetworkKey(surface.entropy) }));
}

/** `thread dataset migrate`: moves the network to another channel, PAN id, prefix or name. */
export function migrateVerb(surface: Surface, options: MigrateOptions): Promise<void> {
  const { channel, channels, pan, prefix, rename, json } = options;
  if ([channel, channels, pan, prefix, rename].every((option) => option === undefined)) {
    throw new SelvageError('invalid-argument', 'nothing is said that is to be another', {
      remedy: 'give --channel, --channels, --pan, --prefix or --rename',
    });
  }
  const fields = {
    json,
    ...(channel !== undefined && { channel }),
    ...(channels !== undefined && { channels }),
    ...(pan !== undefined && { pan }),
    ...(prefix !== undefined && { prefix }),
    ...(rename !== undefined && { name: rename }),
  };
  return changed(surface, options, (before) => changesFrom(fields, before));
}

/** Makes a pending dataset of the active one, and gives it to the leader. */
function changed(
  surface: Surface,
  options: RotateOptions,
  change: (before: Dataset) => Parameters<Dataset['with']>[0],
): Promise<void> {
  return commissioning(surface, options, async (runner, report) => {
    const { dataset, delay: milliseconds } = await scheduleChange(runner, options.delay * 1000, change);
    const delay = Math.ceil(milliseconds / 1000);
    const line = `in ${delay} s all that are in the network by then move; who hears nothing of it until then is left behind`;
    report.tell({ event: 'pending', data: { delaySeconds: delay }, lines: [line] });
    handOut(surface, dataset, [], options.json);
  });
}

function appliedLine(dataset: Dataset): string {
  if (kindOf(dataset) !== 'pending') return 'the leader has taken the dataset: all nodes hear of it';
  return `the leader has taken the dataset: it is in force in ${Math.ceil((dataset.get('delay') ?? 0) / 1000)} s`;
}

const withoutKey: Warning = {
  warning: 'the network keeps its key to itself: its security policy says so',
  remedy: 'who needs it joins the network, by thread joiner',
};
