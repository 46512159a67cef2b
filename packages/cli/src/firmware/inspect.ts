import { SelvageError, toHex } from '@selvage/core';
import { type ImageField, imageFields } from '@selvage/hardware';
import { Report } from '../ca/report.js';
import { step } from '../ca/step.js';
import type { Surface } from '../terminal/surface.js';
import { tableLines } from '../terminal/table.js';
import { binaryFile } from './inputs.js';
import type { FirmwareOptions } from './sign-options.js';
import { summaryOf } from './summary.js';
import { dataLines } from '../ca/describe.js';

/** Bytes of a byte string that are shown in a table. */
const shownBytes = 16;

/**
 * `firmware inspect`: an image field by field, also one that is damaged. Nothing is verified.
 * @throws SelvageError `image-malformed` after showing as much as could be read
 */
export async function inspect(surface: Surface, file: string, options: FirmwareOptions): Promise<void> {
  const bytes = await step('read the image', () => binaryFile('<image>', file));
  const { fields, problem } = imageFields(bytes);
  const summary = problem === undefined ? summaryOf(bytes) : {};
  new Report(surface, options.json).show({
    event: 'image',
    data: { file, fileLength: bytes.length, ...summary, fields: fields.map(fieldData) },
    lines: [...dataLines({ file, ...summary }), '', ...fieldLines(fields, surface.stdout.columns), '', closing(file)],
  });
  if (problem === undefined) return;
  throw new SelvageError('image-malformed', `${file} is no image, or is damaged: ${problem.message}`, {
    details: problem.details,
    cause: problem,
  });
}

function closing(file: string): string {
  return `Nothing of this is verified. For that: selvage firmware verify --key <public key> ${file}`;
}

function fieldData({ path, offset, length, value, meaning }: ImageField): object {
  return {
    offset,
    length,
    field: path,
    value: typeof value === 'number' ? value : toHex(value),
    ...(meaning !== undefined && { meaning }),
  };
}

function fieldLines(fields: readonly ImageField[], width = Number.POSITIVE_INFINITY): string[] {
  const columns = [
    { title: 'offset', align: 'right' },
    { title: 'size', align: 'right' },
    { title: 'field' },
    { title: 'value', least: 12 },
  ] as const;
  const shown = fields.filter(({ length }) => length > 0);
  const rows = shown.map((field) => [`${field.offset}`, `${field.length}`, field.path, valueText(field)]);
  return tableLines(columns, rows, width);
}

function valueText({ value, meaning, path }: ImageField): string {
  if (typeof value !== 'number') {
    const start = toHex(value.subarray(0, shownBytes));
    return value.length > shownBytes ? `${start}…` : start;
  }
  const isBits = /magic|flags|type|loadAddress/i.test(path);
  const number = isBits ? `0x${value.toString(16).padStart(path.endsWith('type') ? 2 : 1, '0')}` : `${value}`;
  return meaning === undefined ? number : `${number} ${meaning}`;
}
