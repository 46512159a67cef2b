import type { Report } from '../../ca/report.js';
import { isoTime } from '../../ca/describe.js';
import type { Surface } from '../../terminal/surface.js';
import { wrappedTableLines } from '../../terminal/table.js';
import { hang } from '../../terminal/text.js';
import { firmwareComponent } from '../attestation.js';
import { shortId } from '../language/device-name.js';
import { methodWords } from '../method-words.js';
import type { Operator, SiteDevice } from '../operator.js';
import type { SiteOptions } from '../options.js';
import { withKnowledge } from '../with-operator.js';

const usualWidth = 80;

/** `devices`: what the site owns, without asking any of them. @throws SelvageError that names the step. */
export function devices(surface: Surface, report: Report, options: SiteOptions): Promise<void> {
  return withKnowledge(surface, options, async (operator) => {
    const all = operator.devices().sort(byName);
    if (options.json) return tellJson(report, operator, all);
    const width = (surface.stdout.columns ?? usualWidth) - 1;
    const lines =
      all.length === 0
        ? hang(
            '',
            `The site in ${options.site} owns no device: selvage own --all owns those that have no owner.`,
            width,
          )
        : tableOf(operator, all, width);
    report.show({ event: 'devices', data: {}, lines });
  });
}

function tellJson(report: Report, operator: Operator, all: readonly SiteDevice[]): void {
  for (const { device, name, kind, record } of all) {
    const { access = [] } = operator.site.notes.get(device);
    report.show({ event: 'device', data: { ...record, name, kind, access }, lines: [] });
  }
}

function tableOf(operator: Operator, all: readonly SiteDevice[], width: number): string[] {
  const showsFirmware = all.some(({ record }) => record.attested !== undefined);
  const columns = [
    { title: 'name' },
    { title: 'kind', least: 6 },
    { title: 'id' },
    { title: 'owned by', least: 8 },
    { title: 'certified to' },
    ...(showsFirmware ? [{ title: 'firmware', least: 8 }] : []),
    { title: 'access of others' },
  ];
  const rows = all.map((one) => [
    one.name ?? '',
    one.kind ?? '',
    shortId(one.device),
    stageOf(one),
    one.record.identity === undefined ? '' : isoTime(one.record.identity.notAfter).slice(0, 10),
    ...(showsFirmware ? [firmwareOf(one)] : []),
    accessOf(operator, one),
  ]);
  return wrappedTableLines(columns, rows, width);
}

/** The version of its firmware as it attested it. */
function firmwareOf({ record: { attested } }: SiteDevice): string {
  return firmwareComponent(attested)?.version ?? '';
}

/** How it was owned, or that it is on its way. */
function stageOf({ record }: SiteDevice): string {
  const { stage, method, pending, pairing } = record;
  if (stage === 'transferring') return 'not yet sure';
  if (stage === 'releasing') return 'being reset';
  return pending === undefined && pairing === undefined ? methodWords[method] : 'unfinished';
}

function accessOf(operator: Operator, { device, record }: SiteDevice): string {
  const { access = [] } = operator.site.notes.get(device);
  const granted = access.map(({ who, rights }) => `${who}: ${rights}`);
  const roles = (record.roles ?? []).map(({ role }) => `is ${role}`);
  const peers = (record.peers ?? []).map((peer) => `key with ${operator.nameOf(peer)}`);
  return [...granted, ...roles, ...peers].join('; ');
}

function byName(a: SiteDevice, b: SiteDevice): number {
  return (a.name ?? '').localeCompare(b.name ?? '', 'en', { numeric: true }) || (a.device < b.device ? -1 : 1);
}
