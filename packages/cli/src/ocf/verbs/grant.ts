import type { AccessEntry, AccessEntryInput, Subject } from '@selvage/ocf';
import type { Report } from '../../ca/report.js';
import { step } from '../../ca/step.js';
import type { Surface } from '../../terminal/surface.js';
import { grantWords, resourceText } from '../access-text.js';
import { calledText, shellWord } from '../language/device-name.js';
import { pathOf } from '../language/path.js';
import { parseRights } from '../language/rights.js';
import { isSameSubject, parseSubject, subjectText } from '../language/subject.js';
import type { Operator, SiteDevice } from '../operator.js';
import type { SiteOptions } from '../options.js';
import { withOperator } from '../with-operator.js';
import { readAccess } from './access.js';

/** What is granted, as it was typed. */
export interface Granting {
  readonly who: string;
  readonly rights: string;
  readonly called: string;
  /** All of the application where none is given. */
  readonly paths: readonly string[];
}

/** `grant`: an entry in the access control list of a device. @throws SelvageError that names the step. */
export async function grant(surface: Surface, report: Report, granting: Granting, options: SiteOptions): Promise<void> {
  const permission = await step('understand the rights', () => parseRights(granting.rights));
  await withOperator(surface, report, options, async (operator) => {
    const device = await step('find the device', () => operator.called(granting.called));
    const subject = await step('understand who is meant', () => subjectOf(granting.who, operator));
    const resources =
      granting.paths.length === 0 ? [{ wc: '*' } as const] : granting.paths.map((path) => ({ href: pathOf(path) }));
    await step(`reach ${calledText(device)}`, () => operator.reach(device));
    await step(`grant ${granting.who} access to ${calledText(device)}`, () =>
      operator.tool.provisioning.grant(device.device, [{ subject, resources, permission }]),
    );
    const entry = entryFor(await readAccess(operator, device), { subject, resources, permission });
    tellGranted(report, operator, device, { subject, resources, permission }, entry?.aceid);
  });
}

/** Whom the words mean; a device of the site, the owner, a role or anybody. */
export function subjectOf(who: string, operator: Operator): Subject {
  if (who === 'owner') return { uuid: operator.site.settings.owner };
  return parseSubject(who, (called) => operator.called(called).device);
}

/** The device may have added what was granted to an entry that it had. */
function entryFor(entries: readonly AccessEntry[], wanted: AccessEntryInput): AccessEntry | undefined {
  const has = ({ resources }: AccessEntry): boolean =>
    wanted.resources.every((one) => resources.some((other) => resourceText(one) === resourceText(other)));
  return entries.find(
    (entry) => isSameSubject(entry.subject, wanted.subject) && entry.permission === wanted.permission && has(entry),
  );
}

function tellGranted(
  report: Report,
  operator: Operator,
  device: SiteDevice,
  { subject, resources, permission }: AccessEntryInput,
  aceid: number | undefined,
): void {
  const who = subjectText(subject, (one) => operator.nameOf(one));
  const { phrase } = grantWords({ permission, resources });
  const entry = aceid === undefined ? '' : ` (entry ${aceid})`;
  const hint = hintFor(subject, device, operator);
  report.tell({
    event: 'granted',
    data: { device: device.device, name: device.name, aceid, subject, resources, permission, ...(hint && { hint }) },
    lines: [`${who} may ${phrase} of ${calledText(device)}${entry}`, ...(hint ? [hint] : [])],
  });
}

/** Rights are worth nothing to who cannot open a session. */
function hintFor(subject: Subject, device: SiteDevice, operator: Operator): string | undefined {
  if (!('uuid' in subject)) return undefined;
  const other = operator.devices().find((one) => one.device === subject.uuid);
  if (other === undefined || device.record.peers?.includes(subject.uuid) === true) return undefined;
  const certified = device.record.identity !== undefined && other.record.identity !== undefined;
  if (certified) return undefined;
  const [a, b] = [other, device].map(({ name, device: id }) => shellWord(name ?? id));
  return `they cannot open a session yet: selvage pair ${a} ${b}, or selvage certify both`;
}
