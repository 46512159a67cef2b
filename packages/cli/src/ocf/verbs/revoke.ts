import { SelvageError } from '@selvage/core';
import type { AccessEntry } from '@selvage/ocf';
import type { Report } from '../../ca/report.js';
import { step } from '../../ca/step.js';
import type { Surface } from '../../terminal/surface.js';
import { entryWords } from '../access-text.js';
import { calledText } from '../language/device-name.js';
import { isSameSubject } from '../language/subject.js';
import type { Operator } from '../operator.js';
import type { SiteOptions } from '../options.js';
import { withOperator } from '../with-operator.js';
import { readAccess } from './access.js';
import { subjectOf } from './grant.js';

export interface RevokeOptions extends SiteOptions {
  readonly who?: string;
}

/** `revoke`: removes entries from the access control list of a device. @throws SelvageError that names the step. */
export async function revoke(
  surface: Surface,
  report: Report,
  { called, aceid }: { readonly called: string; readonly aceid: number | undefined },
  options: RevokeOptions,
): Promise<void> {
  await step('understand what to revoke', () => checkOptions(aceid, options));
  await withOperator(surface, report, options, async (operator) => {
    const device = await step('find the device', () => operator.called(called));
    await step(`reach ${calledText(device)}`, () => operator.reach(device));
    const entries = await readAccess(operator, device);
    const chosen = await step('find the entries', () => chosenEntries(entries, operator, aceid, options));
    const tasks = chosen.map((entry) => ({ kind: 'remove-access', aceid: entry.aceid }) as const);
    await step(`revoke access to ${calledText(device)}`, () => operator.tool.provisioning.run(device.device, tasks));
    await readAccess(operator, device);
    for (const entry of chosen) {
      const { phrase, ...words } = entryWords(entry, operator);
      report.tell({
        event: 'revoked',
        data: { device: device.device, name: device.name, ...words },
        lines: [`${words.who} may no more ${phrase} of ${calledText(device)}`],
      });
    }
  });
}

function checkOptions(aceid: number | undefined, { who }: RevokeOptions): void {
  if ((aceid === undefined) !== (who === undefined)) return;
  throw new SelvageError('invalid-argument', 'either an entry or --who says what to revoke', {
    remedy: 'selvage access lists the entries of a device by their ids',
  });
}

function chosenEntries(
  entries: readonly AccessEntry[],
  operator: Operator,
  aceid: number | undefined,
  { who }: RevokeOptions,
): readonly AccessEntry[] {
  const subject = who === undefined ? undefined : subjectOf(who, operator);
  const chosen = entries.filter((entry) =>
    subject === undefined ? entry.aceid === aceid : isSameSubject(entry.subject, subject),
  );
  if (chosen.length > 0) return chosen;
  const ids = entries.map((entry) => `${entry.aceid} (${entryWords(entry, operator).who})`).join(', ');
  throw new SelvageError('key-not-found', who === undefined ? `there is no entry ${aceid}` : `no entry is for ${who}`, {
    remedy: `these are there: ${ids}`,
  });
}
