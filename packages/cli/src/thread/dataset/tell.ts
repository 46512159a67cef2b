import { toHex } from '@selvage/core';
import { type Dataset, type DatasetKind, describeDataset, validateDataset } from '@selvage/thread';
import { Report } from '../../ca/report.js';
import { styleFor } from '../../terminal/style.js';
import type { Surface } from '../../terminal/surface.js';
import { hang } from '../../terminal/text.js';

const nameWidth = 20;
const usualWidth = 80;

/** What is told of a dataset beside itself. */
export interface Warning {
  readonly warning: string;
  readonly remedy: string;
}

/** The kind that a dataset is by its fields. */
export function kindOf(dataset: Dataset): DatasetKind {
  if (dataset.get('pendingTimestamp') !== undefined || dataset.get('delay') !== undefined) return 'pending';
  return dataset.get('activeTimestamp') !== undefined ? 'active' : 'partial';
}

/** Hands a dataset out: its hexadecimal on standard output, and what there is to say about it on standard error. */
export function handOut(surface: Surface, dataset: Dataset, warnings: readonly Warning[], json: boolean): void {
  const tlvs = toHex(dataset.encode());
  const problems = validateDataset(dataset, kindOf(dataset));
  const { stdout } = surface;
  if (json) {
    const event = { event: 'dataset', kind: kindOf(dataset), tlvs, problems, warnings };
    return stdout.write(`${JSON.stringify(event)}\n`);
  }
  for (const { field, problem } of problems) warn(surface, `${field}: ${problem}`);
  for (const { warning, remedy } of warnings) warn(surface, `${warning}; ${remedy}`);
  stdout.write(`${tlvs}\n`);
}

/** Shows a dataset, field by field, in its order. */
export function showDataset(surface: Surface, dataset: Dataset, secrets: boolean, json: boolean): void {
  const kind = kindOf(dataset);
  const fields = describeDataset(dataset, secrets);
  const problems = validateDataset(dataset, kind);
  const known = fields.filter(({ key }) => key !== 'unknown');
  const unknown = fields.filter(({ key }) => key === 'unknown').map(({ data }) => data);
  const lines = fields.map(({ name, text }) => `${name.padEnd(nameWidth)}${text}`);
  new Report(surface, json).show({
    event: 'dataset',
    data: {
      kind,
      fields: Object.fromEntries(known.map(({ key, data }) => [key, data])),
      unknown,
      problems,
    },
    lines: [`${kind} dataset of ${dataset.encode().length} bytes`, ...lines],
  });
  if (json) return;
  for (const { field, problem } of problems) warn(surface, `${field}: ${problem}`);
}

function warn({ stderr, env }: Surface, text: string): void {
  const { warning } = styleFor(stderr, env);
  const width = (stderr.columns ?? usualWidth) - 1;
  for (const line of hang('selvage: ', text, width)) stderr.write(`${warning(line)}\n`);
}
