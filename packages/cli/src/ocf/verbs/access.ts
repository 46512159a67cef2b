import type { AccessEntry } from '@selvage/ocf';
import type { Report } from '../../ca/report.js';
import { step } from '../../ca/step.js';
import type { Surface } from '../../terminal/surface.js';
import { wrappedTableLines } from '../../terminal/table.js';
import { entryWords, type EntryWords, isOfInterest } from '../access-text.js';
import { calledText } from '../language/device-name.js';
import type { Operator, SiteDevice } from '../operator.js';
import type { SiteOptions } from '../options.js';
import { withOperator } from '../with-operator.js';

const usualWidth = 80;

/** `access`: who may do what with a device. @throws SelvageError that names the step. */
export function access(surface: Surface, report: Report, called: string, options: SiteOptions): Promise<void> {
  return withOperator(surface, report, options, async (operator) => {
    const device = await step('find the device', () => operator.called(called));
    await step(`reach ${calledText(device)}`, () => operator.reach(device));
    const entries = await readAccess(operator, device);
    const width = (surface.stdout.columns ?? usualWidth) - 1;
    const words = entries.map((entry) => entryWords(entry, operator));
    if (!options.json) return report.show({ event: 'access', data: {}, lines: linesOf(words, width) });
    for (const [at, entry] of entries.entries()) {
      const { who, rights } = words[at] ?? {};
      report.show({
        event: 'entry',
        data: { device: device.device, name: device.name, who, rights, ...entry },
        lines: [],
      });
    }
  });
}

/** The access control list of a device; what it says of others is noted, so that `devices` has it. */
export async function readAccess(operator: Operator, device: SiteDevice): Promise<readonly AccessEntry[]> {
  const entries = await step(`read the access control list of ${calledText(device)}`, () =>
    operator.tool.provisioning.accessList(device.device),
  );
  const others = entries.filter((entry) => isOfInterest(entry, operator)).map((entry) => entryWords(entry, operator));
  await operator.site.notes.add(device.device, {
    access: others.map(({ aceid, who, rights }) => ({ aceid, who, rights })),
  });
  return entries;
}

function linesOf(words: readonly EntryWords[], width: number): string[] {
  const columns = [
    { title: 'id', align: 'right' },
    { title: 'who', least: 12 },
    { title: 'may', least: 8 },
    { title: 'on' },
  ] as const;
  const rows = words.map(({ aceid, who, rights, resources }) => [`${aceid}`, who, rights, resources.join(' · ')]);
  return wrappedTableLines(columns, rows, width);
}
