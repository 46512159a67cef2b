import type { UdpAddress } from '@selvage/core/node';
import { existsSync } from 'node:fs';
import { nativeCore } from '@selvage/crypto';
import { newUuid, OcfClient, type Uuid } from '@selvage/ocf';
import type { Report } from '../../ca/report.js';
import { LiveLines } from '../../terminal/live-lines.js';
import type { Surface } from '../../terminal/surface.js';
import { type Column, tableLines } from '../../terminal/table.js';
import { count, hang } from '../../terminal/text.js';
import { calledText, resetHint, shortId } from '../language/device-name.js';
import { methodWords } from '../method-words.js';
import type { ClientNetwork } from '../network/client-network.js';
import { openNetwork } from '../network/open-network.js';
import { Operator, type SiteDevice } from '../operator.js';
import type { SiteOptions } from '../options.js';
import { Site } from '../site/site.js';
import { survey, type SurveyedDevice } from '../survey.js';

export interface DiscoverOptions extends SiteOptions {
  readonly unowned?: boolean;
  readonly owned?: boolean;
  readonly resources?: boolean;
  /** Seconds. */
  readonly wait: number;
}

/** Whose a device is: nobody's, this site's, another's; or this site's, and it did not answer. */
type Whose = 'new' | 'ours' | "somebody's" | 'silent';

interface Row {
  readonly device: Uuid;
  readonly name: string | undefined;
  readonly kind: string | undefined;
  readonly state: Whose;
  readonly surveyed: SurveyedDevice | undefined;
}

const usualWidth = 80;

/** `discover`: all devices that answer, and those of the site that do not. @throws SelvageError that names the step. */
export async function discover(surface: Surface, report: Report, options: DiscoverOptions): Promise<void> {
  const asker = await openAsker(surface, options);
  const { network, ours } = asker;
  try {
    const found = await surveyAll(surface, asker, options.wait * 1000);
    const rows = rowsOf(found, ours).filter((row) => isWanted(row, options));
    if (options.json) return tellJson(report, rows, options);
    const width = (surface.stdout.columns ?? usualWidth) - 1;
    const table = rows.length === 0 ? nothingFound(network, options, width) : tableOf(rows, options, width);
    const hints = silenceOf(rows, ours).flatMap((text) => hang('', text, width));
    report.show({ event: 'discovered', data: {}, lines: [...table, ...hints] });
  } finally {
    await asker.close();
  }
}

/** Who asks: an owner, or somebody who owns nothing. */
interface Asker {
  readonly network: ClientNetwork;
  readonly client: OcfClient<UdpAddress>;
  /** The devices that the site has, if there is one. */
  readonly ours: readonly SiteDevice[];
  close(): Promise<void>;
}

async function openAsker(surface: Surface, options: DiscoverOptions): Promise<Asker> {
  const { entropy, clock } = surface;
  if (!existsSync(options.site)) {
    const network = await openNetwork(surface, options, undefined);
    const identity = { device: newUuid(entropy), pskFor: () => undefined };
    const client = new OcfClient({ ...network.ports, core: nativeCore, entropy, clock, identity });
    const close = async (): Promise<void> => {
      client.close();
      await network.close();
    };
    return { network, client, ours: [], close };
  }
  const site = await Site.open(surface, options.site);
  const operator = await Operator.open(surface, site, options).finally(() => site.close());
  const { network, tool } = operator;
  return { network, client: tool.client, ours: operator.devices(), close: () => operator.close() };
}

async function surveyAll(surface: Surface, { network, client }: Asker, listenFor: number): Promise<SurveyedDevice[]> {
  const live = new LiveLines(surface.stderr);
  const surveys: Promise<SurveyedDevice>[] = [];
  const say = (): void => {
    const soFar = count(surveys.length, 'device');
    live.set('found', `listening for ${listenFor / 1000} s on ${network.name}: ${soFar} so far`);
  };
  try {
    say();
    const found = await client.discover({
      listenFor,
      onFound: (one) => {
        surveys.push(survey(client, one, network.patience));
        say();
      },
    });
    const surveyed = await Promise.all(surveys);
    // Where it answered later, over another family, is known at the end only.
    return surveyed.map((one) => ({
      ...one,
      found: found.find(({ device }) => device === one.found.device) ?? one.found,
    }));
  } finally {
    live.clear();
  }
}

function rowsOf(found: readonly SurveyedDevice[], ours: readonly SiteDevice[]): Row[] {
  const seen = found.map((surveyed): Row => {
    const { device, owned, name } = surveyed.found;
    const own = ours.find((one) => one.device === device);
    const state = own !== undefined ? 'ours' : owned === false ? 'new' : "somebody's";
    return { device, name: own?.name ?? name, kind: surveyed.kind, state, surveyed };
  });
  const silent = ours.filter(({ device }) => found.every((one) => one.found.device !== device));
  const rows = [
    ...seen,
    ...silent.map(({ device, name, kind }): Row => ({ device, name, kind, state: 'silent', surveyed: undefined })),
  ];
  return rows.sort(
    (a, b) => (a.name ?? '').localeCompare(b.name ?? '', 'en', { numeric: true }) || (a.device < b.device ? -1 : 1),
  );
}

function isWanted({ state }: Row, { owned = false, unowned = false }: DiscoverOptions): boolean {
  if (owned === unowned) return true;
  return unowned ? state === 'new' : state !== 'new';
}

function tellJson(report: Report, rows: readonly Row[], { resources = false }: DiscoverOptions): void {
  for (const { device, name, kind, state, surveyed } of rows) {
    const { methods = [], found, links = [] } = surveyed ?? {};
    const plain = found?.plain.map(({ key }) => key) ?? [];
    const secured = found?.secured.map(({ key }) => key) ?? [];
    const data = { device, name, kind, state, methods, plain, secured, ...(resources && { resources: links }) };
    report.show({ event: 'device', data, lines: [] });
  }
  report.show({ event: 'discovered', data: { devices: rows.length }, lines: [] });
}

/** A name or an address that is cut is of no use: addresses that have no room beside the rest stand below it. */
function tableOf(rows: readonly Row[], { resources = false }: DiscoverOptions, width: number): string[] {
  const beside = tableWith(rows, addressColumn, width);
  const isTooWide = beside.some((line) => line.length > width);
  const [head = '', ...lines] = isTooWide ? tableWith(rows, [], width) : beside;
  const below = (row: Row): string[] => [
    ...(isTooWide && addressOf(row) !== '' ? [`  ${addressOf(row)}`] : []),
    ...(resources ? resourceLines(row, width) : []),
  ];
  return [head, ...rows.flatMap((row, at) => [lines[at] as string, ...below(row)])];
}

const addressColumn = [{ title: 'address' }] as const;

function tableWith(rows: readonly Row[], address: readonly Column[], width: number): string[] {
  const columns = [
    { title: 'name' },
    { title: 'kind', least: 6 },
    { title: 'id' },
    { title: 'state' },
    ...address,
    { title: 'can be owned by' },
  ];
  const cells = rows.map((row) => [
    row.name ?? '',
    row.kind ?? '',
    shortId(row.device),
    row.state,
    ...address.map(() => addressOf(row)),
    row.surveyed?.methods.map((method) => methodWords[method]).join(', ') ?? '',
  ]);
  return tableLines(columns, cells, width);
}

function addressOf({ surveyed }: Row): string {
  return surveyed?.found.plain[0]?.key ?? '';
}

function resourceLines({ surveyed }: Row, width: number): string[] {
  const links = surveyed?.links ?? [];
  const longest = Math.max(0, ...links.map(({ href }) => href.length));
  return links.flatMap(({ href, types }) => hang(`  ${href.padEnd(longest)}  `, types.join(' '), width));
}

/** What to do about devices of the site that did not answer. */
function silenceOf(rows: readonly Row[], ours: readonly SiteDevice[]): string[] {
  const silent = ours.filter(({ device }) => rows.some((row) => row.device === device && row.state === 'silent'));
  return silent.map((one) => {
    const again = rows.find(({ surveyed }) => surveyed !== undefined && isSamePlatform(surveyed.found, one));
    if (again !== undefined) return resetHint(one, again);
    const forget = `selvage reset ${shortId(one.device)} --forget`;
    return `${calledText(one)} does not answer: see that it is powered and on this network; if it is gone for good, ${forget}`;
  });
}

function isSamePlatform({ platform }: SurveyedDevice['found'], { record }: SiteDevice): boolean {
  return platform !== undefined && platform === record.platform;
}

function nothingFound(
  { name, advice }: ClientNetwork,
  { wait, owned, unowned }: DiscoverOptions,
  width: number,
): string[] {
  const what = owned === unowned ? 'device' : owned === true ? 'device with an owner' : 'device without an owner';
  return [...hang('', `No ${what} answered on ${name} within ${wait} s.`, width), ...hang('', advice, width)];
}
